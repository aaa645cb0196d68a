package orrery.sim.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.type.Refusal;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadsTest {
    @TempDir Path folder;
    private SimulatedCluster sim;

    @BeforeEach
    void open() throws IOException {
        sim = new SimulatedCluster(folder);
        sim.node("worker-0", "m5.xlarge");
        sim.node("worker-1", "m5.xlarge");
    }

    @AfterEach
    void close() {
        sim.close();
    }

    @Test
    void givesEachPodOfAStatefulSetItsNumberAndItsClaim() {
        sim.create(StatefulSets.TYPE, """
                metadata: {name: db}
                spec:
                  replicas: 2
                  serviceName: db
                  selector: {matchLabels: {app: db}}
                  template:
                    metadata: {labels: {app: db}}
                    spec:
                      containers:
                      - name: db
                        image: postgres:18
                        volumeMounts: [{name: data, mountPath: /data}]
                  volumeClaimTemplates:
                  - metadata: {name: data}
                    spec:
                      accessModes: [ReadWriteOnce]
                      resources: {requests: {storage: 1Gi}}
                """);
        sim.until(StatefulSets.TYPE, "db", "/status/readyReplicas", "2");
        assertThat(sim.list("pods")).extracting(Item::name).containsExactly("db-0", "db-1");
        sim.until("persistentvolumeclaims", "data-db-1", "/status/phase", "Bound");
        sim.change(StatefulSets.TYPE, "db", o -> o.withObject("/spec").put("replicas", 1));
        sim.until(StatefulSets.TYPE, "db", any -> sim.list("pods").size() == 1);
        assertThat(sim.list("persistentvolumeclaims")).hasSize(2);
    }

    @Test
    void updatesAStatefulSetFromTheTop() {
        givesEachPodOfAStatefulSetItsNumberAndItsClaim();
        sim.change(StatefulSets.TYPE, "db", o -> {
            o.withObject("/spec").put("replicas", 2);
            o.withObject("/spec/template/spec/containers/0").put("image", "postgres:19");
        });
        sim.until(StatefulSets.TYPE, "db", set -> {
            var status = set.tree().path("status");
            return status.path("updatedReplicas").asInt() == 2
                    && status.path("readyReplicas").asInt() == 2
                    && status.path("currentRevision").equals(status.path("updateRevision"));
        });
    }

    @Test
    void runsADaemonOnEveryNode() {
        sim.create(DaemonSets.TYPE, """
                metadata: {name: agent}
                spec:
                  selector: {matchLabels: {app: agent}}
                  template:
                    metadata: {labels: {app: agent}}
                    spec: {containers: [{name: agent, image: agent:1}]}
                """);
        sim.until(DaemonSets.TYPE, "agent", "/status/numberReady", "2");
        sim.node("worker-2", "m5.xlarge");
        sim.until(DaemonSets.TYPE, "agent", "/status/numberReady", "3");
        sim.cluster.delete("nodes", "", "worker-0", Deletion.BACKGROUND);
        sim.until(DaemonSets.TYPE, "agent", set -> sim.list("pods").size() == 2);
    }

    private static final String JOB = """
            metadata: {name: work}
            spec:
              completions: 3
              parallelism: 2
              backoffLimit: 1
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: work, image: IMAGE}]
            """;

    @Test
    void completesAJob() {
        sim.create(Jobs.TYPE, JOB.replace("IMAGE", "migrate:1"));
        sim.until(Jobs.TYPE, "work", job -> Conditions.isTrue(job.tree(), "Complete"));
        assertThat(sim.find(Jobs.TYPE, "work").tree().at("/status/succeeded").asInt()).isEqualTo(3);
        assertThat(sim.list("pods")).hasSize(3)
                .allMatch(pod -> Pods.phase(pod).equals("Succeeded"));
    }

    @Test
    void failsAJobWhosePodsFail() {
        sim.create(Jobs.TYPE, JOB.replace("image: IMAGE", "image: sim-exit, args: ['3']"));
        sim.until(Jobs.TYPE, "work", job -> Conditions.isTrue(job.tree(), "Failed"));
        var pod = sim.list("pods").getFirst();
        assertThat(pod.tree().at("/status/containerStatuses/0/state/terminated/exitCode").asInt())
                .isEqualTo(3);
    }

    @Test
    void restartsACrasherWithBackoff() {
        sim.create("pods", """
                metadata: {name: crash}
                spec: {containers: [{name: crash, image: sim-exit, args: ['1']}]}
                """);
        sim.until("pods", "crash", pod -> pod.tree()
                .at("/status/containerStatuses/0/restartCount").asInt() >= 3);
        sim.until("pods", "crash", "/status/containerStatuses/0/state/waiting/reason",
                "CrashLoopBackOff");
    }

    @Test
    void followsReadyPodsBehindAService() {
        sim.create("services", """
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
                """);
        sim.create("pods", """
                metadata: {name: web, labels: {app: web}}
                spec:
                  containers:
                  - {name: web, image: nginx, ports: [{name: http, containerPort: 8080}]}
                """);
        sim.until("endpoints", "web", "/subsets/0/ports/0/port", "8080");
        sim.until("endpoints", "web", "/subsets/0/addresses/0/ip",
                sim.find("pods", "web").tree().at("/status/podIP").asText());
        sim.cluster.delete("pods", "default", "web", Deletion.BACKGROUND);
        sim.until("endpoints", "web", item -> item.tree().path("subsets").isEmpty());
    }

    @Test
    void aClaimGrowsAndNeverShrinks() {
        sim.create("persistentvolumeclaims", """
                metadata: {name: more}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        sim.until("persistentvolumeclaims", "more", "/status/capacity/storage", "1Gi");
        asks("3Gi");
        sim.until("persistentvolumeclaims", "more", "/status/capacity/storage", "3Gi");
        var volume = sim.find("persistentvolumeclaims", "more").tree()
                .at("/spec/volumeName").asText();
        assertThat(sim.cluster.require("persistentvolumes", "", volume).tree()
                .at("/spec/capacity/storage").asText()).isEqualTo("3Gi");
        assertThatThrownBy(() -> asks("2Gi")).isInstanceOf(Refusal.class)
                .hasMessageContaining("can not be less than status.capacity");
        sim.create("persistentvolumeclaims", """
                metadata: {name: waits}
                spec: {accessModes: [ReadWriteOnce], storageClassName: none,
                  resources: {requests: {storage: 1Gi}}}
                """);
        sim.until("persistentvolumeclaims", "waits", "/status/phase", "Pending");
        assertThatThrownBy(() -> sim.change("persistentvolumeclaims", "waits",
                o -> o.withObject("/spec/resources/requests").put("storage", "2Gi")))
                .isInstanceOf(Refusal.class).hasMessageContaining("immutable");
    }

    private void asks(String size) {
        sim.change("persistentvolumeclaims", "more",
                o -> o.withObject("/spec/resources/requests").put("storage", size));
    }

    @Test
    void keepsAClaimWhileAPodUsesIt() {
        sim.create("persistentvolumeclaims", """
                metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        sim.create("pods", """
                metadata: {name: user}
                spec:
                  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
                  containers: [{name: user, image: nginx}]
                """);
        sim.until("pods", "user", Pods::ready);
        sim.cluster.delete("persistentvolumeclaims", "default", "data", Deletion.BACKGROUND);
        assertThat(sim.find("persistentvolumeclaims", "data")).isNotNull();
        sim.cluster.delete("pods", "default", "user", Deletion.BACKGROUND);
        Awaitility.await().until(() -> sim.list("persistentvolumeclaims").isEmpty());
        Awaitility.await().until(() -> sim.cluster.list("persistentvolumes", "").isEmpty());
    }
}
