package orrery.sim.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.client.Program;
import orrery.sim.operator.Timing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A region on a host where no process of a pod can run.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NoSandboxTest {
    private static final String MANIFESTS = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 2
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  initContainers:
                  - {name: first, image: "busybox:1.36", command: [sh, -c, "exit 3"]}
                  containers:
                  - name: web
                    image: busybox:1.36
                    command: [sh, -c]
                    args: ["echo begun\\nsleep 1000"]
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {name: count}
            spec:
              completions: 2
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: c, image: debian, command: [sh, -c, "exit 4"]}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: box}
            spec: {containers: [{name: box, image: alpine, command: [httpd, -f, -p, "8080"]}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: stand}
            spec: {containers: [{name: web, image: "nginx:1.27"}]}
            """;

    @TempDir static Path folder;
    private static Sim sim;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1", Timing.DEFAULT, false,
                Optional.empty()), Clock.systemUTC(), new SecureRandom());
        client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(Files.readString(sim.kubeconfig()))).build();
        client.load(new ByteArrayInputStream(MANIFESTS.getBytes(StandardCharsets.UTF_8)))
                .inNamespace("default").create();
        for (var pod : new String[] {"box", "stand"}) {
            client.pods().inNamespace("default").withName(pod)
                    .waitUntilReady(120, TimeUnit.SECONDS);
        }
    }

    @AfterAll
    static void stop() {
        client.close();
        sim.close();
    }

    @Test
    void standsInForACommandAndSaysSo() {
        var web = client.apps().deployments().inNamespace("default").withName("web");
        web.waitUntilCondition(it -> it.getStatus() != null
                && Integer.valueOf(2).equals(it.getStatus().getAvailableReplicas()),
                120, TimeUnit.SECONDS);
        var pod = client.pods().inNamespace("default").withLabel("app", "web").list().getItems()
                .getFirst();
        var init = pod.getStatus().getInitContainerStatuses().getFirst();
        assertThat(init.getState().getTerminated().getExitCode()).isZero();
        assertThat(pod.getStatus().getContainerStatuses().getFirst().getReady()).isTrue();
        var logs = client.pods().inNamespace("default").withName(pod.getMetadata().getName());
        assertThat(logs.inContainer("web").getLog()).isEqualTo("[simulated] busybox:1.36: the"
                + " command `sh -c echo begun sleep 1000` was not run: " + sim.sandbox() + "\n");
        assertThat(logs.inContainer("first").getLog()).contains("`sh -c exit 3` was not run");
        assertThat(client.v1().events().inNamespace("default").list().getItems())
                .anySatisfy(event -> {
                    assertThat(event.getReason()).isEqualTo("NotRun");
                    assertThat(event.getInvolvedObject().getName())
                            .isEqualTo(pod.getMetadata().getName());
                });
    }

    @Test
    void endsAJobWell() {
        client.batch().v1().jobs().inNamespace("default").withName("count").waitUntilCondition(
                it -> it.getStatus() != null && Integer.valueOf(2).equals(
                        it.getStatus().getSucceeded()), 120, TimeUnit.SECONDS);
        var pod = client.pods().inNamespace("default").withLabel("job-name", "count").list()
                .getItems().getFirst();
        assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
        assertThat(client.pods().inNamespace("default").withName(pod.getMetadata().getName())
                .getLog()).contains("`sh -c exit 4` was not run");
    }

    @Test
    void refusesToEnterAnything() {
        for (var name : new String[] {"box", "stand"}) {
            assertThatThrownBy(() -> client.pods().inNamespace("default").withName(name)
                    .redirectingOutput().exec("true"))
                    .rootCause().hasMessageContaining("405");
        }
    }

    @Test
    void tellsKubectlWhyAStreamCannotBe() throws Exception {
        var kubectl = Program.kubectl(sim.kubeconfig(), folder);
        assertThat(kubectl.run("exec", "box", "--", "true").errors()).contains(sim.sandbox());
        assertThat(kubectl.run("attach", "box").errors()).contains(sim.sandbox());
        assertThat(kubectl.run("exec", "stand", "--", "true").errors()).contains(sim.sandbox());
        assertThat(kubectl.run("logs", "stand").output()).contains("is a stand-in", sim.sandbox());
    }
}
