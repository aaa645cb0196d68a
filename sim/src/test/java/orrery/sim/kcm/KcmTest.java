package orrery.sim.kcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static orrery.sim.kcm.Project.condition;
import static orrery.sim.kcm.Project.deployment;
import static orrery.sim.kcm.Project.ready;
import static orrery.sim.kcm.Project.resource;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import orrery.sim.Sim;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KcmTest {
    @TempDir static Path folder;
    private static Project project;
    private static Sim sim;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        project = Project.start(folder, "quick");
        sim = project.sim;
        client = project.client;
    }

    @AfterAll
    static void stop() {
        project.close();
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
        until("two", Project::ready);
        patch("two", "spec: {config: {workersNumber: 3}}");
        until("two", Project::ready);
        try (var child = child("two")) {
            assertThat(child.nodes().list().getItems()).hasSize(4);
        }
        assertThatThrownBy(() -> patch("two", "spec: {template: sim-standalone-cp-1-2-0}"))
                .isInstanceOfSatisfying(KubernetesClientException.class, denied -> {
                    assertThat(denied.getCode()).isEqualTo(403);
                    assertThat(denied).hasMessageContaining("cluster upgrade is forbidden");
                });
        patch("two", "spec: {template: sim-standalone-cp-1-1-0}");
        until("two", Project::ready);
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
        until("served", Project::ready);
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
                kind: ClusterTemplate
                metadata: {name: stock-1-0-43, namespace: prj-a}
                spec: {helm: {chartSpec: {chart: stock, version: 1.0.43}}}
                """)).create();
        await().atMost(Duration.ofSeconds(60)).until(() -> Boolean.TRUE.equals(
                get("ClusterTemplate", "stock-1-0-43").get().get("status", "valid")));
        client.resource(deployment("stock", "template: stock-1-0-43, credential: sim-credential,"
                + " dryRun: false, config: {k0s: {version: v1.35.1+k0s.0}}")).create();
        until("stock", Project::ready);
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
        until("three", Project::ready);
        assertThat(sim.region().find("three")).isPresent();
        get("ClusterDeployment", "three").delete();
        until("three", cluster -> condition(cluster, "Ready", "reason").equals("Deleting"));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> get("ClusterDeployment", "three").get() == null);
        assertThat(sim.region().find("three")).isEmpty();
        assertThat(client.secrets().inNamespace(Project.NAMESPACE)
                .withName("three-kubeconfig").get()).isNull();
    }

    @Test
    void deniesWhatCannotBeDeployed() {
        denied("template: none, credential: sim-credential", "\"none\" not found");
        denied("template: sim-standalone-cp-1-0-0, credential: none", "\"none\" not found");
        client.resource(resource("""
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

    private static void patch(String name, String patch) {
        project.patch(name, patch);
    }

    private static Resource<GenericKubernetesResource> get(String kind, String name) {
        return project.get(kind, name);
    }

    private static void until(String name, Predicate<GenericKubernetesResource> condition) {
        project.until(name, condition);
    }

    private static KubernetesClient child(String name) {
        return project.child(name);
    }
}
