package orrery.server.platform.training;

import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Patch;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Work.Framework;
import org.jspecify.annotations.Nullable;

/// What the cloud family sends about training jobs.
final class TrainingBody {
    private TrainingBody() {}

    /// A volume, and where its files shall be found.
    ///
    /// @param volumeId identifier or name of a volume of the same project and region
    record Folder(String volumeId, String path) {
        Work.Folder input() {
            return new Work.Folder(volumeId, path, null);
        }
    }

    /// The body of a POST.
    ///
    /// @param secrets contents of secret files by name
    /// @param checkpoint what it writes to
    /// @param datasets what it reads
    /// @param projectId the path's, or left out
    record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            String image,
            @Nullable List<String> command,
            @Nullable List<String> args,
            @Nullable Map<String, String> env,
            @Nullable Map<String, String> secrets,
            int nodes,
            int gpusPerNode,
            @Nullable String gpuType,
            @Nullable Framework framework,
            @Nullable Priority priority,
            @Nullable Integer maxRuntimeSeconds,
            @Nullable Integer retries,
            @Nullable Folder checkpoint,
            @Nullable List<Folder> datasets,
            @Nullable String projectId) {
        New {
            labels = labels == null ? Map.of() : labels;
            env = env == null ? Map.of() : env;
            secrets = secrets == null ? Map.of() : secrets;
            command = command == null ? List.of() : command;
            args = args == null ? List.of() : args;
            framework = framework == null ? Framework.CUSTOM : framework;
            priority = priority == null ? Priority.NORMAL : priority;
            retries = retries == null ? Integer.valueOf(0) : retries;
            datasets = datasets == null ? List.of() : datasets;
            new NewTraining(name, displayName, description, labels, priority, env, secrets,
                    new Work(image, command, args, names(env), names(secrets), nodes,
                            gpusPerNode, gpuType, framework, maxRuntimeSeconds, retries,
                            checkpoint == null ? null : checkpoint.input(),
                            datasets.stream().map(Folder::input).toList()));
        }

        NewTraining input() {
            return new NewTraining(name, displayName, description, labels, priority, env, secrets,
                    new Work(image, command, args, names(env), names(secrets), nodes,
                            gpusPerNode, gpuType, framework, maxRuntimeSeconds, retries,
                            checkpoint == null ? null : checkpoint.input(),
                            datasets.stream().map(Folder::input).toList()));
        }

        private static List<String> names(Map<String, String> values) {
            return values.keySet().stream().sorted().toList();
        }

        /// @throws Problem.Failure [Problem.Invalid] when it names another project than the path
        void checkProject(Grant grant) {
            new Mistakes().check("projectId", projectId, grant.scope().requireProject()::equals,
                    "must be the identifier of the path's project, or be left out").orRefuse();
        }

        @Override
        public String toString() {
            return "New[" + name + "]";
        }
    }

    /// The body of a PATCH. What is absent stays; nothing else of a job ever changes.
    record Change(
            Patch<String> displayName,
            Patch<Map<String, String>> labels,
            Patch<Priority> priority) {
        Change {
            new Mistakes().unless(!(displayName.isAbsent() && labels.isAbsent()
                            && priority.isAbsent()), "body",
                    "must change displayName, labels or priority").orRefuse();
            change(displayName.or(null), labels.or(null), priority.or(null));
        }

        Trainings.Change of(Training old) {
            return change(displayName.or(old.displayName()), labels.or(old.labels()),
                    priority.or(old.priority()));
        }

        private static Trainings.Change change(@Nullable String displayName,
                @Nullable Map<String, String> labels, @Nullable Priority priority) {
            return new Trainings.Change(displayName, labels == null ? Map.of() : labels,
                    priority == null ? Priority.NORMAL : priority);
        }
    }
}
