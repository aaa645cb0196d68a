package orrery.sim.kcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import orrery.sim.Options;
import orrery.sim.Sim;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KcmTest {
    private static final String PROJECT = "prj-a";

    @TempDir static Path folder;
    private static Sim sim;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1"), Clock.systemUTC(),
                new SecureRandom());
        client = connect(Files.readString(sim.kubeconfig()));
        client.namespaces().resource(new NamespaceBuilder().withNewMetadata().withName(PROJECT)
                .addToLabels("app.k0rdent.ai/managed", "true").endMetadata().build()).create();
        await().atMost(Duration.ofSeconds(60)).until(() -> get("Credential", "sim-credential")
                .get() instanceof GenericKubernetesResource found
                && Boolean.TRUE.equals(found.get("status", "ready"))
                && Boolean.TRUE.equals(
                        get("ClusterTemplate", "sim-standalone-cp-1-0-0").get()
                                .get("status", "valid"))
                && get("ServiceTemplate", "sim-kserve-1-0-0").get()
                        instanceof GenericKubernetesResource service
                && Boolean.TRUE.equals(service.get("status", "valid")));
    }

    @AfterAll
    static void stop() {
        client.close();
        sim.close();
    }

    @Test
    void makesAClusterWhoseKubeconfigWorks() {
        create("one", "workersNumber: 2, worker: {instanceType: g5.xlarge}");
        var seen = new HashSet<String>();
        until("one", cluster -> {
            seen.add(condition(cluster, "Ready", "reason"));
            return ready(cluster);
        });
        assertThat(seen).contains("Progressing", "Succeeded");
        try (var child = child("one")) {
            var nodes = child.nodes().list().getItems();
            assertThat(nodes).extracting(n -> n.getMetadata().getName())
                    .containsExactly("one-cp-0", "one-md-0", "one-md-1");
            assertThat(nodes.getLast().getStatus().getAllocatable().get("nvidia.com/gpu"))
                    .hasToString("1");
            assertThat(nodes.getFirst().getStatus().getNodeInfo().getKubeletVersion())
                    .isEqualTo("v1.34.3+simulated");
            assertThat(child.pods().inAnyNamespace().list().getItems()).isEmpty();
        }
        var status = get("ClusterDeployment", "one").get();
        assertThat(status.<String>get("status", "k8sVersion")).isEqualTo("v1.34.3");
        assertThat(status.<List<String>>get("status", "availableUpgrades"))
                .containsExactly("sim-standalone-cp-1-1-0");
    }

    @Test
    void scalesAndUpgradesByOneStepOfTheChain() {
        create("two", "workersNumber: 1");
        until("two", KcmTest::ready);
        patch("two", "spec: {config: {workersNumber: 3}}");
        until("two", KcmTest::ready);
        try (var child = child("two")) {
            assertThat(child.nodes().list().getItems()).hasSize(4);
        }
        assertThatThrownBy(() -> patch("two", "spec: {template: sim-standalone-cp-1-2-0}"))
                .isInstanceOfSatisfying(KubernetesClientException.class, denied -> {
                    assertThat(denied.getCode()).isEqualTo(403);
                    assertThat(denied).hasMessageContaining("cluster upgrade is forbidden");
                });
        patch("two", "spec: {template: sim-standalone-cp-1-1-0}");
        until("two", KcmTest::ready);
        try (var child = child("two")) {
            assertThat(child.nodes().list().getItems()).allMatch(node -> node.getStatus()
                    .getNodeInfo().getKubeletVersion().equals("v1.35.2+simulated"));
        }
        assertThat(get("ClusterDeployment", "two").get().<String>get("status", "k8sVersion"))
                .isEqualTo("v1.35.2");
    }

    @Test
    void installsTheServicesThatAClusterAsksFor() {
        client.resource(deployment("served", "template: sim-standalone-cp-1-0-0, credential:"
                + " sim-credential, dryRun: false, config: {}, serviceSpec: {services:"
                + " [{name: inference, template: sim-kserve-1-0-0}]}")).create();
        until("served", KcmTest::ready);
        assertThat(condition(get("ClusterDeployment", "served").get(), "ServicesInReadyState",
                "message")).isEqualTo("1/1");
        List<Map<String, Object>> services =
                get("ClusterDeployment", "served").get().get("status", "services");
        assertThat(services).singleElement().satisfies(service ->
                assertThat(service).containsEntry("state", "Deployed"));
        try (var child = child("served")) {
            assertThat(child.apiextensions().v1().customResourceDefinitions().list().getItems())
                    .extracting(one -> one.getMetadata().getName())
                    .contains("inferenceservices.serving.kserve.io");
        }
    }

    @Test
    void tellsNoVersionThatTheTemplateDoesNotDeclare() {
        client.resource(resource("""
                apiVersion: k0rdent.mirantis.com/v1beta1
                kind: ClusterTemplate
                metadata: {name: stock-1-0-43, namespace: prj-a}
                spec: {helm: {chartSpec: {chart: stock, version: 1.0.43}}}
                """)).create();
        await().atMost(Duration.ofSeconds(60)).until(() -> Boolean.TRUE.equals(
                get("ClusterTemplate", "stock-1-0-43").get().get("status", "valid")));
        client.resource(deployment("stock", "template: stock-1-0-43, credential: sim-credential,"
                + " dryRun: false, config: {k0s: {version: v1.35.1+k0s.0}}")).create();
        until("stock", KcmTest::ready);
        assertThat(get("ClusterDeployment", "stock").get().<String>get("status", "k8sVersion"))
                .isNull();
        try (var child = child("stock")) {
            assertThat(child.nodes().list().getItems()).allMatch(node -> node.getStatus()
                    .getNodeInfo().getKubeletVersion().equals("v1.35.1+simulated"));
        }
    }

    @Test
    void removesTheClusterBeforeTheObject() {
        create("three", "workersNumber: 0");
        until("three", KcmTest::ready);
        assertThat(sim.region().find("three")).isPresent();
        get("ClusterDeployment", "three").delete();
        until("three", cluster -> condition(cluster, "Ready", "reason").equals("Deleting"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("ClusterDeployment", "three").get() == null);
        assertThat(sim.region().find("three")).isEmpty();
        assertThat(client.secrets().inNamespace(PROJECT).withName("three-kubeconfig").get())
                .isNull();
    }

    @Test
    void deniesWhatCannotBeDeployed() {
        denied("template: none, credential: sim-credential", "\"none\" not found");
        denied("template: sim-standalone-cp-1-0-0, credential: none", "\"none\" not found");
        client.resource(resource("""
                apiVersion: k0rdent.mirantis.com/v1beta1
                kind: Credential
                metadata: {name: unready, namespace: prj-a}
                spec: {identityRef: {kind: Secret, name: missing}}
                """)).create();
        denied("template: sim-standalone-cp-1-0-0, credential: unready", "not Ready");
        var good = "template: sim-standalone-cp-1-0-0, credential: sim-credential, ";
        denied(good + "serviceSpec: {services: [{name: a, template: none}]}",
                "ServiceTemplate.k0rdent.mirantis.com \"none\" not found");
        denied(good + "serviceSpec: {services: [{name: a, template: sim-kserve-1-0-0, dependsOn:"
                + " [{name: b}]}, {name: b, template: sim-kserve-1-0-0, dependsOn: [{name: a}]}]}",
                "dependency cycle");
        client.resource(resource("""
                apiVersion: k0rdent.mirantis.com/v1beta1
                kind: ClusterTemplate
                metadata: {name: empty, namespace: prj-a}
                spec: {helm: {chartSpec: {version: 1.0.0}}}
                """)).create();
        await().atMost(Duration.ofSeconds(60)).until(() -> get("ClusterTemplate", "empty").get()
                .get("status", "validationError") != null);
        denied("template: empty, credential: sim-credential", "neither chartSpec nor chartRef");
    }

    @Test
    void deploysNothingWithoutConfig() {
        client.resource(deployment("dry", "template: sim-standalone-cp-1-0-0")).create();
        until("dry", cluster -> condition(cluster, "HelmChartReady", "status").equals("True"));
        assertThat(get("ClusterDeployment", "dry").get().<Boolean>get("spec", "dryRun")).isTrue();
        assertThat(sim.region().find("dry")).isEmpty();
    }

    private static void denied(String spec, String why) {
        assertThatThrownBy(() -> client.resource(deployment("bad",
                spec + ", config: {}")).create())
                .isInstanceOfSatisfying(KubernetesClientException.class, refused -> {
                    assertThat(refused.getCode()).isEqualTo(403);
                    assertThat(refused).hasMessageContaining(why);
                });
    }

    private static void create(String name, String config) {
        client.resource(deployment(name, "template: sim-standalone-cp-1-0-0,"
                + " credential: sim-credential, dryRun: false, config: {" + config + "}")).create();
    }

    private static GenericKubernetesResource deployment(String name, String spec) {
        return resource("""
                apiVersion: k0rdent.mirantis.com/v1beta1
                kind: ClusterDeployment
                metadata: {name: %s, namespace: prj-a}
                spec: {%s}
                """.formatted(name, spec));
    }

    private static GenericKubernetesResource resource(String yaml) {
        return Serialization.unmarshal(yaml, GenericKubernetesResource.class);
    }

    private static void patch(String name, String patch) {
        get("ClusterDeployment", name).patch(
                PatchContext.of(
                        PatchType.JSON_MERGE),
                Serialization.asJson(Serialization.unmarshal(patch, Map.class)));
    }

    private static Resource<GenericKubernetesResource> get(String kind, String name) {
        return client.genericKubernetesResources("k0rdent.mirantis.com/v1beta1", kind)
                .inNamespace(PROJECT).withName(name);
    }

    private static void until(String name, Predicate<GenericKubernetesResource> condition) {
        await(name).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(30)).until(() ->
                get("ClusterDeployment", name).get() instanceof GenericKubernetesResource found
                        && condition.test(found));
    }

    /// Ready, and for what the spec says now.
    private static boolean ready(GenericKubernetesResource cluster) {
        Object seen = cluster.get("status", "observedGeneration");
        return condition(cluster, "Ready", "status").equals("True") && seen instanceof Number number
                && number.longValue() == cluster.getMetadata().getGeneration();
    }

    private static String condition(GenericKubernetesResource cluster, String type, String field) {
        List<Map<String, Object>> all = cluster.get("status", "conditions");
        return all == null ? "" : all.stream().filter(c -> type.equals(c.get("type")))
                .map(c -> String.valueOf(c.get(field))).findFirst().orElse("");
    }

    private static KubernetesClient child(String name) {
        var secret = client.secrets().inNamespace(PROJECT).withName(name + "-kubeconfig").get();
        return connect(new String(Base64.getDecoder().decode(secret.getData().get("value")),
                StandardCharsets.UTF_8));
    }

    private static KubernetesClient connect(String kubeconfig) {
        return new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    }
}
