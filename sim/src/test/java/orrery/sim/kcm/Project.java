package orrery.sim.kcm;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
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
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.operator.Timing;

/// A region whose management cluster offers its templates to the namespace `prj-a`, and an
/// administrator's client of it.
final class Project implements AutoCloseable {
    static final String NAMESPACE = "prj-a";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final Sim sim;
    final KubernetesClient client;

    private Project(Sim sim, KubernetesClient client) {
        this.sim = sim;
        this.client = client;
    }

    static Project start(Path folder, String timing) throws Exception {
        var sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1",
                Timing.parse(timing)), Clock.systemUTC(), new SecureRandom());
        var project = new Project(sim, connect(Files.readString(sim.kubeconfig())));
        project.client.namespaces().resource(new NamespaceBuilder().withNewMetadata()
                .withName(NAMESPACE).addToLabels("app.k0rdent.ai/managed", "true").endMetadata()
                .build()).create();
        project.untilTrue(() -> project.says("Credential", "sim-credential", "ready")
                && project.says("ClusterTemplate", "sim-standalone-cp-1-0-0", "valid")
                && project.says("ClusterTemplate", "sim-standalone-cp-1-2-0", "valid")
                && project.says("ServiceTemplate", "sim-kserve-1-0-0", "valid")
                && project.says("ServiceTemplateChain", "sim-services", "valid"));
        return project;
    }

    @Override
    public void close() {
        client.close();
        sim.close();
    }

    /// Whether an object's status says `true` in this field.
    boolean says(String kind, String name, String field) {
        return get(kind, name).get() instanceof GenericKubernetesResource found
                && Boolean.TRUE.equals(found.get("status", field));
    }

    Resource<GenericKubernetesResource> get(String kind, String name) {
        var all = client.genericKubernetesResources("k0rdent.mirantis.com/v1beta1", kind);
        return all.inNamespace(NAMESPACE).withName(name);
    }

    /// Of a kind that has no namespaces.
    Resource<GenericKubernetesResource> global(String kind, String name) {
        return client.genericKubernetesResources("k0rdent.mirantis.com/v1beta1", kind)
                .withName(name);
    }

    /// Creates an object of KCM.
    void create(String yaml) {
        client.resource(resource(yaml)).create();
    }

    void deploy(String name, String spec) {
        client.resource(deployment(name, "credential: sim-credential, dryRun: false, "
                + (spec.startsWith("template:") ? "" : "template: sim-standalone-cp-1-0-0, ")
                + (spec.contains("config:") ? "" : "config: {workersNumber: 0}, ") + spec))
                .create();
    }

    static GenericKubernetesResource deployment(String name, String spec) {
        return resource("""
                kind: ClusterDeployment
                metadata: {name: %s, namespace: prj-a}
                spec: {%s}
                """.formatted(name, spec));
    }

    static GenericKubernetesResource resource(String yaml) {
        return Serialization.unmarshal("apiVersion: k0rdent.mirantis.com/v1beta1\n" + yaml,
                GenericKubernetesResource.class);
    }

    void patch(String name, String patch) {
        merge(get("ClusterDeployment", name), patch);
    }

    static void merge(Resource<GenericKubernetesResource> object, String patch) {
        object.patch(PatchContext.of(PatchType.JSON_MERGE),
                Serialization.asJson(Serialization.unmarshal(patch, Map.class)));
    }

    void until(String name, Predicate<GenericKubernetesResource> condition) {
        until(get("ClusterDeployment", name), condition);
    }

    void until(Resource<GenericKubernetesResource> object,
            Predicate<GenericKubernetesResource> condition) {
        untilTrue(() -> object.get() instanceof GenericKubernetesResource found
                && condition.test(found));
    }

    void untilTrue(BooleanSupplier condition) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(30))
                .until(condition::getAsBoolean);
    }

    /// Ready, and for what the spec says now.
    static boolean ready(GenericKubernetesResource cluster) {
        Object seen = cluster.get("status", "observedGeneration");
        return condition(cluster, "Ready", "status").equals("True") && seen instanceof Number number
                && number.longValue() == cluster.getMetadata().getGeneration();
    }

    static String condition(GenericKubernetesResource cluster, String type, String field) {
        List<Map<String, Object>> all = cluster.get("status", "conditions");
        return all == null ? "" : all.stream().filter(c -> type.equals(c.get("type")))
                .map(c -> String.valueOf(c.get(field))).findFirst().orElse("");
    }

    /// An administrator's client of a cluster of the namespace.
    KubernetesClient child(String name) {
        var secret = client.secrets().inNamespace(NAMESPACE).withName(name + "-kubeconfig").get();
        return connect(kubeconfig(secret.getData().get("value")));
    }

    static String kubeconfig(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    static KubernetesClient connect(String kubeconfig) {
        var config = Config.fromKubeconfig(kubeconfig);
        // A request that is sent again because the machine is busy would be refused as a repeat.
        config.setRequestTimeout((int) PATIENCE.toMillis());
        config.setRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder().withConfig(config).build();
    }
}
