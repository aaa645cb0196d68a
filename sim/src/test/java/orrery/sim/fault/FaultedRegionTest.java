package orrery.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.operator.Timing;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultedRegionTest {
    @TempDir static Path folder;
    private static Sim sim;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1",
                Timing.parse("kcm=50ms")), Clock.systemUTC(), new SecureRandom());
        client = connect(Files.readString(sim.kubeconfig()));
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("prj-a")
                .addToLabels("app.k0rdent.ai/managed", "true").endMetadata().build()).create();
        await().atMost(Duration.ofSeconds(60)).until(() -> resource("Credential",
                "sim-credential").get() instanceof GenericKubernetesResource found
                && Boolean.TRUE.equals(found.get("status", "ready")) && Boolean.TRUE.equals(
                        resource("ClusterTemplate", "sim-standalone-cp-1-0-0").get()
                                .get("status", "valid")));
    }

    @AfterAll
    static void stop() {
        client.close();
        sim.close();
    }

    @Test
    void failsAClusterWhereItIsAskedTo() {
        cluster("failing", "{orrery.dev/fault: 'fail at release: quota exceeded'}");
        until("failing", found -> condition(found, "Ready", "reason").equals("Failed"));
        var failed = resource("ClusterDeployment", "failing").get();
        assertThat(condition(failed, "HelmReleaseReady", "message")).isEqualTo("quota exceeded");
        assertThat(condition(failed, "HelmChartReady", "status")).isEqualTo("True");
        annotate("failing", null);
        until("failing", FaultedRegionTest::ready);
        annotate("failing", "flap 50ms");
        until("failing", found -> !ready(found));
        until("failing", FaultedRegionTest::ready);
        annotate("failing", "fail at teardown: stuck");
        resource("ClusterDeployment", "failing").delete();
        until("failing", found -> condition(found, "Deleting", "reason").equals("Failed"));
        annotate("failing", null);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> resource("ClusterDeployment", "failing").get() == null);
    }

    @Test
    void putsARuleOnWhatExistsAndOnWhatIsMadeLater() {
        rule("stuck", "kind: ClusterDeployment, name: ruled, fault: hang at workers");
        cluster("ruled", "{}");
        until("ruled", found -> condition(found, "HelmReleaseReady", "status").equals("True"));
        assertThat(resource("ClusterDeployment", "ruled").get().getMetadata().getAnnotations())
                .containsEntry(Faults.ANNOTATION, "hang at workers");
        assertThat(ready(resource("ClusterDeployment", "ruled").get())).isFalse();
        rules("stuck").delete();
        until("ruled", FaultedRegionTest::ready);
        rule("later", "kind: ClusterDeployment, name: ruled, fault: flap 50ms, seconds: 600");
        until("ruled", found -> !ready(found));
        rules("later").delete();
        until("ruled", found -> ready(found)
                && !found.getMetadata().getAnnotations().containsKey(Faults.ANNOTATION));
    }

    @Test
    void deletesARuleWhoseTimeIsOver() {
        rule("short", "kind: Node, name: none, fault: lost, seconds: 1");
        await().atMost(Duration.ofSeconds(60)).until(() -> rules("short").get() == null);
    }

    @Test
    void refusesFaultsThatCannotBe() {
        refused("kind: Node, fault: slow 3", "slow is no fault of kind Node");
        refused("kind: Cloud, fault: lost", "use one of ClusterDeployment");
        refused("kind: APIServer, cluster: sim1, fault: away", "spec.seconds");
        refused("kind: ClusterDeployment, fault: 'hang at lunch'", "has no phase \"lunch\"");
        assertThatThrownBy(() -> cluster("wrong", "{orrery.dev/fault: explode}"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("\"explode\" is no fault; write \"fail at PHASE: MESSAGE\"");
        assertThatThrownBy(() -> client.namespaces().withName("default").patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"metadata\": {\"annotations\": {\"orrery.dev/fault\": \"lost\"}}}"))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining("faults are understood on");
    }

    @Test
    void breaksConnectionsToAnApiServerThatIsAway() throws Exception {
        var remote = sim.region().create("remote");
        try (var child = connectOnce(sim.kubeconfigs().admin(remote))) {
            var closed = new CompletableFuture<Void>();
            child.namespaces().watch(new Watcher<Namespace>() {
                @Override
                public void eventReceived(Action action, Namespace namespace) {}

                @Override
                public void onClose(WatcherException why) {
                    closed.complete(null);
                }

                @Override
                public boolean reconnecting() {
                    return false;
                }
            });
            rule("gone", "kind: APIServer, cluster: remote, fault: away");
            closed.get(60, TimeUnit.SECONDS);
            assertThatThrownBy(() -> child.namespaces().list())
                    .isInstanceOfSatisfying(KubernetesClientException.class,
                            broken -> assertThat(broken.getCode()).isNotPositive());
            assertThat(client.namespaces().list().getItems()).isNotEmpty();
            rules("gone").delete();
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions()
                    .until(() -> !child.namespaces().list().getItems().isEmpty());
        }
    }

    @Test
    void reachesNoPodOnALostNode() {
        var home = sim.region().create("homely");
        try (var child = connect(sim.kubeconfigs().admin(home))) {
            child.resource("""
                    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "annotations":
                     {"orrery.dev/fault": "lost"}}, "status": {"conditions": [{"type": "Ready",
                     "status": "True"}]}}""").create();
            await().atMost(Duration.ofSeconds(60)).until(() ->
                    child.nodes().withName("n").get().getSpec().getTaints().size() == 2);
            child.resource("""
                    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace":
                     "default"}, "spec": {"nodeName": "n", "containers": [{"name": "c",
                     "image": "busybox"}]}}""").create();
            assertThatThrownBy(() -> child.pods().inNamespace("default").withName("p").getLog())
                    .isInstanceOf(KubernetesClientException.class)
                    .hasMessageContaining("no route to host");
        }
    }

    private static void refused(String spec, String why) {
        assertThatThrownBy(() -> rule("bad", spec))
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(422);
                    assertThat(refused).hasMessageContaining(why);
                });
    }

    private static void rule(String name, String spec) {
        client.resource(read("""
                apiVersion: sim.orrery.dev/v1
                kind: Fault
                metadata: {name: %s}
                spec: {%s}
                """.formatted(name, spec))).create();
    }

    private static void cluster(String name, String annotations) {
        client.resource(read("""
                apiVersion: k0rdent.mirantis.com/v1beta1
                kind: ClusterDeployment
                metadata: {name: %s, namespace: prj-a, annotations: %s}
                spec:
                  template: sim-standalone-cp-1-0-0
                  credential: sim-credential
                  dryRun: false
                  config: {workersNumber: 1}
                """.formatted(name, annotations))).create();
    }

    private static void annotate(String name, String fault) {
        resource("ClusterDeployment", name).patch(PatchContext.of(PatchType.JSON_MERGE),
                "{\"metadata\": {\"annotations\": {\"%s\": %s}}}".formatted(
                        Faults.ANNOTATION, fault == null ? "null" : "\"" + fault + "\""));
    }

    private static GenericKubernetesResource read(String yaml) {
        return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    }

    private static Resource<GenericKubernetesResource> resource(String kind, String name) {
        return client.genericKubernetesResources("k0rdent.mirantis.com/v1beta1", kind)
                .inNamespace("prj-a").withName(name);
    }

    private static Resource<GenericKubernetesResource> rules(String name) {
        return client.genericKubernetesResources("sim.orrery.dev/v1", "Fault").withName(name);
    }

    private static void until(String name, Predicate<GenericKubernetesResource> condition) {
        await(name).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(() ->
                resource("ClusterDeployment", name).get() instanceof GenericKubernetesResource found
                        && condition.test(found));
    }

    private static boolean ready(GenericKubernetesResource cluster) {
        return condition(cluster, "Ready", "status").equals("True");
    }

    private static String condition(GenericKubernetesResource cluster, String type, String field) {
        List<Map<String, Object>> all = cluster.get("status", "conditions");
        return all == null ? "" : all.stream().filter(c -> type.equals(c.get("type")))
                .map(c -> String.valueOf(c.get(field))).findFirst().orElse("");
    }

    private static KubernetesClient connect(String kubeconfig) {
        return new KubernetesClientBuilder().withConfig(config(kubeconfig)).build();
    }

    /// Tells of a broken connection at once, where others try again.
    private static KubernetesClient connectOnce(String kubeconfig) {
        var config = config(kubeconfig);
        config.setRequestRetryBackoffLimit(0);
        config.setWatchReconnectLimit(0);
        return new KubernetesClientBuilder().withConfig(config).build();
    }

    private static Config config(String kubeconfig) {
        var config = Config.fromKubeconfig(kubeconfig);
        config.setRequestTimeout((int) Duration.ofSeconds(60).toMillis());
        return config;
    }
}
