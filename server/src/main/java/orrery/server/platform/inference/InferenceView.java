package orrery.server.platform.inference;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import orrery.kit.http.Answer;
import orrery.kit.kube.Pods;
import orrery.server.platform.inference.Serving.Autoscaling;
import orrery.server.platform.inference.Serving.Desired;
import orrery.server.platform.inference.Serving.Engine;
import orrery.server.platform.inference.Serving.Gpu;
import orrery.server.platform.inference.Serving.Model;
import orrery.server.platform.inference.Serving.Replicas;
import org.jspecify.annotations.Nullable;

/// An inference endpoint as the cloud family shows it.
///
/// @param gpu of each replica; those of the instance type where it has one
/// @param clusterId the cluster that it runs on; `null` for the region's own
/// @param envNames of its environment variables: their values are never shown
/// @param currentRunId the last run that changed it
record InferenceView(
        String id,
        String name,
        String selfLink,
        @Nullable String displayName,
        @Nullable String description,
        String organizationId,
        String projectId,
        String region,
        @Nullable String clusterId,
        Map<String, String> labels,
        Endpoint.State state,
        @Nullable String stateReason,
        Desired desiredState,
        Model model,
        Engine engine,
        Gpu gpu,
        @Nullable String instanceType,
        Replicas replicas,
        @Nullable Autoscaling autoscaling,
        Auth auth,
        List<String> envNames,
        int readyReplicas,
        Url endpoint,
        @Nullable String currentRunId,
        long version,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    /// @param apiKey what callers send as bearer; only in the answer that made it
    record Auth(Serving.Auth.Mode mode, @Nullable String apiKey) {}

    record Url(@Nullable String url) {}

    /// The end of what its replicas have printed.
    ///
    /// @param truncated whether something was left out for its size or for want of time
    record Log(List<Line> entries, boolean truncated) {
        static Log of(Pods.Log log) {
            return new Log(log.lines().stream()
                    .map(Line::of).toList(), !log.isWhole());
        }
    }

    record Line(String replica, @Nullable Instant timestamp, String message) {
        static Line of(Pods.Line line) {
            return new Line(line.pod(), line.time(), line.text());
        }
    }

    /// How its replicas are.
    record Metrics(int readyReplicas, List<Replica> replicas) {
        static Metrics of(List<Pods.Look> pods) {
            return new Metrics((int) pods.stream().filter(Pods.Look::isReady).count(),
                    pods.stream().map(p -> new Replica(p.pod(), p.phase(), p.restarts(),
                            p.cpuCores(), p.memoryBytes())).toList());
        }
    }

    /// @param phase Kubernetes' word: `Running`
    /// @param cpuCores `null` where the region does not measure it
    record Replica(String name, String phase, int restarts, @Nullable BigDecimal cpuCores,
            @Nullable Long memoryBytes) {}

    static InferenceView of(Endpoint e) {
        return of(e, null);
    }

    private static InferenceView of(Endpoint e, @Nullable String key) {
        var s = e.serving();
        return new InferenceView(e.id(), e.name(), "/v1/regions/" + e.region() + "/projects/"
                + e.projectId() + "/inference/" + e.id(), e.displayName(), e.description(),
                e.organizationId(), e.projectId(), e.region(), e.clusterId(), e.labels(),
                e.state(), e.stateReason(), s.desired(), s.model(), s.engine(), s.gpu(),
                s.instanceType(), s.replicas(), s.autoscaling(), new Auth(s.auth().mode(), key),
                s.envNames(), e.readyReplicas(), new Url(e.endpointUrl()), e.runId(),
                e.version(), e.createdAt(), e.updatedAt(), e.deletedAt());
    }

    static Answer<InferenceView> answer(Endpoint endpoint) {
        return Answer.ok(of(endpoint)).version(endpoint.version());
    }

    static Answer<InferenceView> answer(Endpoints.Accepted accepted) {
        return accepted.run() != null ? started(accepted) : answer(accepted.endpoint());
    }

    static Answer<InferenceView> started(Endpoints.Accepted accepted) {
        var run = Objects.requireNonNull(accepted.run(), "accepted without a run");
        var key = accepted.key();
        var view = of(accepted.endpoint(), key == null ? null : key.reveal());
        var answer = Answer.accepted(
                view, new Answer.RunRef(run.id(), run.type(), run.status().text()))
                .at(view.selfLink()).version(view.version());
        return key == null ? answer : answer.header("Cache-Control", "no-store");
    }
}
