package orrery.server.platform.inference;

import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Patch;
import orrery.server.platform.inference.Serving.Auth;
import orrery.server.platform.inference.Serving.Autoscaling;
import orrery.server.platform.inference.Serving.Engine;
import orrery.server.platform.inference.Serving.Gpu;
import orrery.server.platform.inference.Serving.Model;
import orrery.server.platform.inference.Serving.Replicas;
import org.jspecify.annotations.Nullable;

/// What the cloud family sends about inference endpoints.
final class InferenceBody {
    private static final Replicas ONE = new Replicas(1, 1);
    private static final Auth BY_KEY = new Auth(Auth.Mode.API_KEY);

    private InferenceBody() {}

    /// The body of a POST. Who does not say who may call it gets a key.
    ///
    /// @param projectId the path's, or left out
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            Model model,
            Engine engine,
            Gpu gpu,
            @Nullable Replicas replicas,
            @Nullable Autoscaling autoscaling,
            @Nullable Auth auth,
            @Nullable Map<String, String> env,
            @Nullable String projectId) {
        New {
            input(name, displayName, description, labels, model, engine, gpu, replicas,
                    autoscaling, auth, env);
        }

        NewEndpoint input() {
            return input(name, displayName, description, labels, model, engine, gpu, replicas,
                    autoscaling, auth, env);
        }

        /// @throws Problem.Failure [Problem.Invalid] when it names another project than the path
        void checkProject(Grant grant) {
            new Mistakes().check("projectId", projectId, grant.scope().requireProject()::equals,
                    "must be the identifier of the path's project, or be left out").orRefuse();
        }

        private static NewEndpoint input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels, Model model,
                Engine engine, Gpu gpu, @Nullable Replicas replicas,
                @Nullable Autoscaling autoscaling, @Nullable Auth auth,
                @Nullable Map<String, String> env) {
            return new NewEndpoint(name, displayName, description,
                    labels == null ? Map.of() : labels, model, engine, gpu,
                    replicas == null ? ONE : replicas, autoscaling, auth == null ? BY_KEY : auth,
                    env == null ? Map.of() : env);
        }

        @Override
        public String toString() {
            return "New[" + name + "]";
        }
    }

    /// The body of a PATCH. What is absent stays.
    ///
    /// @param env replaces all of it
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            Patch<Model> model,
            Patch<Gpu> gpu,
            Patch<Replicas> replicas,
            Patch<Autoscaling> autoscaling,
            Patch<Map<String, String>> env) {
        Change {
            new Mistakes()
                    .unless(!(displayName.isAbsent() && description.isAbsent()
                            && labels.isAbsent() && model.isAbsent() && gpu.isAbsent()
                            && replicas.isAbsent() && autoscaling.isAbsent()
                            && env.isAbsent()), "body", "must change displayName, description,"
                                    + " labels, model, gpu, replicas, autoscaling or env")
                    .unless(!(model instanceof Patch.Clear), "model", "cannot be cleared")
                    .unless(!(gpu instanceof Patch.Clear), "gpu", "cannot be cleared")
                    .orRefuse();
            change(displayName.or(null), description.or(null), labels.or(null), model.or(null),
                    gpu.or(null), replicas.or(null), autoscaling.or(null), env);
        }

        Endpoints.Change of(Endpoint old) {
            var was = old.serving();
            return change(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), model.or(was.model()), gpu.or(was.gpu()),
                    replicas instanceof Patch.Clear ? ONE : replicas.or(was.replicas()),
                    autoscaling.or(was.autoscaling()), env);
        }

        private static Endpoints.Change change(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable Model model, @Nullable Gpu gpu, @Nullable Replicas replicas,
                @Nullable Autoscaling autoscaling, Patch<Map<String, String>> env) {
            return new Endpoints.Change(displayName, description,
                    labels == null ? Map.of() : labels, model, gpu, replicas, autoscaling, env);
        }

        @Override
        public String toString() {
            return "Change";
        }
    }
}
