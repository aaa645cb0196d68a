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
            @Nullable Gpu gpu,
            @Nullable String instanceType,
            @Nullable Replicas replicas,
            @Nullable Autoscaling autoscaling,
            @Nullable Auth auth,
            @Nullable Map<String, String> env,
            @Nullable String clusterId,
            @Nullable String projectId) {
        New {
            input(name, displayName, description, labels, model, engine, gpu, instanceType,
                    replicas, autoscaling, auth, env, clusterId);
        }

        NewEndpoint input() {
            return input(name, displayName, description, labels, model, engine, gpu,
                    instanceType, replicas, autoscaling, auth, env, clusterId);
        }

        /// @throws Problem.Failure [Problem.Invalid] when it names another project than the path
        void checkProject(Grant grant) {
            new Mistakes().check("projectId", projectId, grant.scope().requireProject()::equals,
                    "must be the identifier of the path's project, or be left out").orRefuse();
        }

        private static NewEndpoint input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels, Model model,
                Engine engine, @Nullable Gpu gpu, @Nullable String instanceType,
                @Nullable Replicas replicas, @Nullable Autoscaling autoscaling,
                @Nullable Auth auth, @Nullable Map<String, String> env,
                @Nullable String clusterId) {
            return new NewEndpoint(name, displayName, description,
                    labels == null ? Map.of() : labels, model, engine, gpu, instanceType,
                    replicas == null ? ONE : replicas, autoscaling, auth == null ? BY_KEY : auth,
                    env == null ? Map.of() : env, clusterId);
        }

        @Override
        public String toString() {
            return "New[" + name + "]";
        }
    }

    /// The body of a PATCH. What is absent stays.
    ///
    /// @param gpu takes the place of an instance type, and the other way round
    /// @param env replaces all of it
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            Patch<Model> model,
            Patch<Gpu> gpu,
            Patch<String> instanceType,
            Patch<Replicas> replicas,
            Patch<Autoscaling> autoscaling,
            Patch<Map<String, String>> env) {
        Change {
            new Mistakes()
                    .unless(!(displayName.isAbsent() && description.isAbsent()
                            && labels.isAbsent() && model.isAbsent() && gpu.isAbsent()
                            && instanceType.isAbsent() && replicas.isAbsent()
                            && autoscaling.isAbsent() && env.isAbsent()), "body",
                            "must change displayName, description, labels, model, gpu,"
                                    + " instanceType, replicas, autoscaling or env")
                    .unless(!(model instanceof Patch.Clear), "model", "cannot be cleared")
                    .unless(!(gpu instanceof Patch.Clear), "gpu",
                            "cannot be cleared; send instanceType to replace it")
                    .unless(!(instanceType instanceof Patch.Clear), "instanceType",
                            "cannot be cleared; send gpu to replace it")
                    .orRefuse();
            change(displayName.or(null), description.or(null), labels.or(null), model.or(null),
                    gpu.or(null), instanceType.or(null), replicas.or(null),
                    autoscaling.or(null), env);
        }

        EndpointChange of(Endpoint old) {
            var was = old.serving();
            return change(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), model.or(was.model()), gpu.or(null),
                    instanceType.or(null),
                    replicas instanceof Patch.Clear ? ONE : replicas.or(was.replicas()),
                    autoscaling.or(was.autoscaling()), env);
        }

        private static EndpointChange change(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable Model model, @Nullable Gpu gpu, @Nullable String instanceType,
                @Nullable Replicas replicas, @Nullable Autoscaling autoscaling,
                Patch<Map<String, String>> env) {
            return new EndpointChange(displayName, description,
                    labels == null ? Map.of() : labels, model, gpu, instanceType, replicas,
                    autoscaling, env);
        }

        @Override
        public String toString() {
            return "Change";
        }
    }
}
