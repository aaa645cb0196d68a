package orrery.server.platform.training;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import orrery.kit.http.Answer;
import orrery.kit.kube.Pods;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import org.jspecify.annotations.Nullable;

/// A training job as the cloud family shows it.
///
/// @param envNames of its environment variables: their values are never shown
/// @param secretsRef names of its secret files: their contents are never shown
/// @param attempt which try it is; the first is 1
/// @param startedAt when all its nodes were there first
/// @param currentRunId the last run that changed it
record TrainingView(
        String id,
        String name,
        String selfLink,
        @Nullable String displayName,
        @Nullable String description,
        String organizationId,
        String projectId,
        String region,
        Map<String, String> labels,
        Training.State state,
        @Nullable String stateReason,
        Desired desiredState,
        Priority priority,
        String image,
        List<String> command,
        List<String> args,
        List<String> envNames,
        List<String> secretsRef,
        int nodes,
        int gpusPerNode,
        @Nullable String gpuType,
        Work.Framework framework,
        @Nullable Integer maxRuntimeSeconds,
        int retries,
        @Nullable Folder checkpoint,
        List<Folder> datasets,
        int attempt,
        @Nullable Instant startedAt,
        @Nullable Instant completedAt,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    record Folder(String volumeId, String path) {
        static Folder of(Work.Folder folder) {
            return new Folder(folder.volumeId(), folder.path());
        }
    }

    /// The end of what its nodes have printed.
    ///
    /// @param truncated whether something was left out for its size or for want of time
    record Log(List<Line> entries, boolean truncated) {
        static Log of(Pods.Log log) {
            return new Log(log.lines().stream()
                    .map(Line::of).toList(), !log.isWhole());
        }
    }

    record Line(String node, @Nullable Instant timestamp, String message) {
        static Line of(Pods.Line line) {
            return new Line(line.pod(), line.time(), line.text());
        }
    }

    static TrainingView of(Training t) {
        var w = t.work();
        return new TrainingView(t.id(), t.name(), "/v1/regions/" + t.region() + "/projects/"
                + t.projectId() + "/training/" + t.id(), t.displayName(), t.description(),
                t.organizationId(), t.projectId(), t.region(), t.labels(), t.state(),
                t.stateReason(), t.desired(), t.priority(), w.image(), w.command(), w.args(),
                w.envNames(), w.secretsRef(), w.nodes(), w.gpusPerNode(), w.gpuType(),
                w.framework(), w.maxRuntimeSeconds(), w.retries(),
                w.checkpoint() == null ? null : Folder.of(w.checkpoint()),
                w.datasets().stream().map(Folder::of).toList(), t.attempt(), t.startedAt(),
                t.completedAt(), t.runId(), t.version(), t.createdAt(), t.updatedAt(),
                t.deletedAt());
    }

    static Answer<TrainingView> answer(Training training) {
        return Answer.ok(of(training)).version(training.version());
    }

    static Answer<TrainingView> answer(Trainings.Accepted accepted) {
        return accepted.run() != null ? started(accepted) : answer(accepted.training());
    }

    static Answer<TrainingView> started(Trainings.Accepted accepted) {
        var run = Objects.requireNonNull(accepted.run(), "accepted without a run");
        var view = of(accepted.training());
        return Answer.accepted(view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
    }
}
