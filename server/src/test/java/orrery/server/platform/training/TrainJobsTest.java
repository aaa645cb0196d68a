package orrery.server.platform.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.db.Json;
import orrery.kit.kube.Trees;
import orrery.server.platform.training.Training.Desired;
import orrery.server.platform.training.Training.Priority;
import orrery.server.platform.training.Training.State;
import org.junit.jupiter.api.Test;

class TrainJobsTest {
    private static ObjectNode of(Desired desired, Priority priority) {
        return TrainJobs.of(training(desired, priority));
    }

    private static Training training(Desired desired, Priority priority) {
        var work = new Work("pytorch/pytorch:2.9", List.of("torchrun"), List.of("train.py"),
                List.of("TOKEN"), List.of("key.json"), 4, 8, "NVIDIA-L4",
                Work.Framework.PYTORCH, null, 0, new Work.Folder("vol_1", "/checkpoints", "vol-1"),
                List.of(new Work.Folder("vol_2", "/data", "vol-2")));
        return new Training("trn_1", "org_1", "prj_1", "eu1", "bert", null, null,
                Map.of("env", "prod"), State.QUEUED, null, priority, desired, work, 1, null, null,
                null, null, 1, "usr_1", Instant.EPOCH, Instant.EPOCH, null);
    }

    @Test
    void saysAllThatWasAskedFor() {
        var job = of(Desired.RUNNING, Priority.NORMAL);
        assertThat(job.at("/metadata/labels/env").asText()).isEqualTo("prod");
        assertThat(job.at("/metadata/labels").path(TrainJobs.TRAINING).asText())
                .isEqualTo("trn_1");
        assertThat(job.path("spec").toString()).isEqualTo(Trees.read("""
                runtimeRef:
                  apiGroup: trainer.kubeflow.org
                  kind: ClusterTrainingRuntime
                  name: torch-distributed
                trainer:
                  image: pytorch/pytorch:2.9
                  numNodes: 4
                  command: [torchrun]
                  args: [train.py]
                  env:
                  - name: TOKEN
                    valueFrom: {secretKeyRef: {name: %1$s, key: TOKEN}}
                  resourcesPerNode:
                    limits: {nvidia.com/gpu: "8"}
                    requests: {nvidia.com/gpu: "8"}
                podTemplateOverrides:
                - targetJobs: [{name: node}]
                  spec:
                    nodeSelector: {nvidia.com/gpu.product: NVIDIA-L4}
                    tolerations:
                    - {key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}
                    volumes:
                    - {name: orrery-secrets, secret: {secretName: %1$s-secrets}}
                    - {name: checkpoint, persistentVolumeClaim: {claimName: vol-1}}
                    - {name: dataset-0, persistentVolumeClaim: {claimName: vol-2}}
                    containers:
                    - name: node
                      volumeMounts:
                      - {name: orrery-secrets, mountPath: /run/secrets/orrery, readOnly: true}
                      - {name: checkpoint, mountPath: /checkpoints, readOnly: false}
                      - {name: dataset-0, mountPath: /data, readOnly: true}
                """.formatted(Training.objectName("trn_1"))).toString());
    }

    @Test
    void saysNothingOfSuspensionUnlessItIsAskedFor() {
        assertThat(of(Desired.RUNNING, Priority.NORMAL).path("spec").has("suspend"))
                .as("where Kueue admits jobs, that is its own").isFalse();
        var wanted = training(Desired.RUNNING, Priority.NORMAL);
        assertThat(TrainJobs.of(wanted, true).path("spec").has("suspend")).isFalse();
        assertThat(TrainJobs.of(wanted, false).at("/spec/suspend").toString())
                .as("else whoever suspended it would have the last word").isEqualTo("false");
        var held = training(Desired.SUSPENDED, Priority.NORMAL);
        assertThat(TrainJobs.of(held, true).at("/spec/suspend").asBoolean()).isTrue();
        assertThat(TrainJobs.of(held, false).at("/spec/suspend").asBoolean()).isTrue();
        assertThat(of(Desired.RUNNING, Priority.HIGH).at("/metadata/labels")
                .path("kueue.x-k8s.io/priority-class").asText()).isEqualTo("orrery-high");
        assertThat(of(Desired.RUNNING, Priority.NORMAL).at("/metadata/labels")
                .has("kueue.x-k8s.io/priority-class")).isFalse();
    }

    @Test
    void readsWhatAJobSays() {
        assertThat(seen("false", "", "", "").verdict()).isEqualTo(Seen.Verdict.QUEUED);
        assertThat(seen("false", "", "active: 1, ready: 0", "").verdict())
                .isEqualTo(Seen.Verdict.STARTING);
        assertThat(seen("false", "", "active: 1, ready: 1", "").verdict())
                .isEqualTo(Seen.Verdict.RUNNING);
        assertThat(seen("true", "", "active: 1, ready: 1", "").verdict())
                .as("nobody has looked at it yet").isEqualTo(Seen.Verdict.SUSPENDING);
        assertThat(seen("true", "Suspended", "active: 0", "").verdict())
                .isEqualTo(Seen.Verdict.SUSPENDED);
        assertThat(seen("false", "Suspended", "active: 0", "").verdict())
                .as("the status is older than the resumption").isEqualTo(Seen.Verdict.QUEUED);
        assertThat(seen("false", "Complete", "active: 0", "").verdict())
                .isEqualTo(Seen.Verdict.SUCCEEDED);
        var failed = seen("true", "Failed", "active: 0", "kueue.x-k8s.io/queue-name: main");
        assertThat(failed).isEqualTo(new Seen(Seen.Verdict.FAILED, "NCCL timeout", true));
        assertThat(Json.read(Json.write(failed), Seen.class)).as("as a run remembers it")
                .isEqualTo(failed);
    }

    private static Seen seen(String suspend, String condition, String jobs, String labels) {
        return Seen.of(Trees.read("""
                metadata: {labels: {%s}}
                spec: {suspend: %s}
                status:
                  jobsStatus: [{%s}]
                  conditions: %s
                """.formatted(labels, suspend, jobs, condition.isEmpty() ? "[]" : "[{type: "
                        + condition + ", status: \"True\", message: NCCL timeout}]")));
    }
}
