package orrery.server.compute.deploy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Patch;
import org.jspecify.annotations.Nullable;
import orrery.server.tenancy.project.Labels;

/// What the cloud family sends about deploys.
final class DeployBody {
    private DeployBody() {}

    /// The body of a POST.
    ///
    /// @param replicas how many of what the stack makes; 1 when not said
    /// @param projectId the path's, or left out
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            String stackId,
            @Nullable ObjectNode parameters,
            @Nullable Integer replicas,
            @Nullable String projectId) {
        New {
            new NewDeploy(name, displayName, description, labels, stackId, parameters,
                    replicas == null ? 1 : replicas);
        }

        NewDeploy input() {
            return new NewDeploy(name, displayName, description, labels, stackId, parameters,
                    replicas == null ? 1 : replicas);
        }

        /// @throws Problem.Failure [Problem.Invalid] when it names another project than the path
        void checkProject(Grant grant) {
            new Mistakes().check("projectId", projectId, grant.scope().requireProject()::equals,
                    "must be the identifier of the path's project, or be left out").orRefuse();
        }
    }

    /// The body of a PATCH. What is absent stays, parameters too; one that is null goes back to
    /// the stack's default.
    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            Patch<String> stackId,
            Patch<ObjectNode> parameters,
            Patch<Integer> replicas) {
        Change {
            var mistakes = Naming.check(
                    new Mistakes(), null, displayName.or(null), description.or(null));
            var said = labels.or(null);
            Labels.check(mistakes, "labels", said == null ? Map.of() : said);
            mistakes.unless(Stream.of(displayName, description, labels, stackId, parameters,
                                    replicas).anyMatch(it -> !it.isAbsent()), "body",
                            "must change displayName, description, labels, stackId, parameters"
                                    + " or replicas")
                    .unless(!(stackId instanceof Patch.Clear), "stackId", "cannot be cleared")
                    .unless(!(replicas instanceof Patch.Clear), "replicas", "cannot be cleared")
                    .orRefuse();
        }

        NewDeploy of(Deploy old) {
            var wanted = replicas.or(old.replicas());
            return new NewDeploy(null, displayName.or(old.displayName()),
                    description.or(old.description()), labels.or(old.labels()),
                    stackId.or(old.stackId()), switch (parameters) {
                        case Patch.Absent<ObjectNode> _ -> old.parameters();
                        case Patch.Clear<ObjectNode> _ -> old.parameters().objectNode();
                        case Patch.Value<ObjectNode> given -> given.value() == null
                                ? old.parameters() : merged(old.parameters(), given.value());
                    }, wanted == null ? old.replicas() : wanted);
        }

        /// RFC 7396.
        private static ObjectNode merged(ObjectNode old, ObjectNode patch) {
            var merged = old.deepCopy();
            patch.properties().forEach(one -> {
                if (one.getValue().isNull()) {
                    merged.remove(one.getKey());
                } else if (one.getValue() instanceof ObjectNode more) {
                    merged.set(one.getKey(), merged(merged.get(one.getKey())
                            instanceof ObjectNode there ? there : more.objectNode(), more));
                } else {
                    merged.set(one.getKey(), one.getValue());
                }
            });
            return merged;
        }
    }
}
