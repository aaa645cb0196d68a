package orrery.sim.kcm;

import static orrery.sim.kcm.Project.condition;
import static orrery.sim.kcm.Project.merge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import orrery.sim.type.Json;
import orrery.sim.type.Schema;
import orrery.sim.type.Validation;
import orrery.sim.type.Yaml;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What KCM does around single clusters: services for one and for many, Regions, adopted
/// clusters, who may use what, and what may not be deleted.
class PlatformTest {
    private static final Path PUBLISHED = Path.of("../../shared/data/kcm-crds");

    @TempDir static Path folder;
    private static Project project;

    @BeforeAll
    static void start() throws Exception {
        project = Project.start(folder, "kcm=50ms");
        project.create("""
                kind: ServiceTemplate
                metadata: {name: notes-1, namespace: prj-a}
                spec: {version: 1.0.0, resources: {deploymentType: Remote,
                  localSourceRef: {kind: ConfigMap, name: notes}}}
                """);
        project.create("""
                kind: ServiceTemplate
                metadata: {name: notes-2, namespace: prj-a}
                spec: {version: 2.0.0, helm: {chartSpec: {chart: notes, version: 2.0.0}}}
                """);
        project.create("""
                kind: ServiceTemplate
                metadata: {name: old, namespace: prj-a}
                spec: {k8sConstraint: '< 1.34', helm: {chartSpec: {chart: old, version: 1.0.0}}}
                """);
        project.create("""
                kind: ServiceTemplateChain
                metadata: {name: notes, namespace: prj-a}
                spec: {supportedTemplates: [{name: notes-1, availableUpgrades: [{name: notes-2}]},
                  {name: notes-2}]}
                """);
        project.client.configMaps().inNamespace("prj-a").resource(new ConfigMapBuilder()
                .withNewMetadata().withName("notes").endMetadata().addToData("all.yaml",
                        "{apiVersion: v1, kind: ConfigMap, metadata: {name: note}}").build())
                .create();
        project.untilTrue(() -> project.says("ServiceTemplate", "notes-1", "valid")
                && project.says("ServiceTemplate", "notes-2", "valid")
                && project.says("ServiceTemplate", "old", "valid")
                && project.says("ServiceTemplateChain", "notes", "valid"));
    }

    @AfterAll
    static void stop() {
        project.close();
    }

    @Test
    void addsUpgradesAndRemovesServices() {
        var notes = "{name: notes, namespace: apps, template: notes-1, templateChain: notes}";
        project.deploy("served", "serviceSpec: {services: [{name: late, template: notes-2,"
                + " dependsOn: [{name: notes, namespace: apps}]}, " + notes + "]}");
        project.until("served", Project::ready);
        assertThat(services("served")).containsExactly(
                "apps/notes=Deployed", "default/late=Deployed");
        assertThat(condition(found("served"), "ServicesInReadyState", "message")).isEqualTo("2/2");
        List<Map<String, Object>> paths = found("served").get("status", "servicesUpgradePaths");
        assertThat(paths.getLast()).containsEntry("template", "notes-1");
        assertThat(paths.getLast().get("availableUpgrades")).hasToString(
                "[{versions=[{name=notes-2, version=2.0.0}]}]");
        try (var child = project.child("served")) {
            assertThat(child.configMaps().inNamespace("apps").withName("note").get()).isNotNull();
            project.patch("served", "spec: {serviceSpec: {services: ["
                    + notes.replace("notes-1", "notes-2") + "]}}");
            project.until("served", one -> Project.ready(one)
                    && services("served").equals(List.of("apps/notes=Deployed")));
            List<Map<String, Object>> now = found("served").get("status", "services");
            assertThat(now.getFirst()).containsEntry("template", "notes-2")
                    .containsEntry("version", "2.0.0");
            project.patch("served", "spec: {serviceSpec: {services: [" + notes + "]}}");
            project.until("served", one -> Project.ready(one)
                    && one.get("status", "services").toString().contains("notes-1"));
            project.patch("served", "spec: {serviceSpec: null}");
            project.until("served", one -> Project.ready(one) && services("served").isEmpty());
            assertThat(child.configMaps().inNamespace("apps").withName("note").get()).isNull();
        }
        assertThat(project.get("ServiceSet", "served").get()).isNull();
    }

    @Test
    void keepsAClusterOnItsWayWhileAServiceFails() {
        project.deploy("short", "serviceSpec: {services: [{name: a, template: notes-2, valuesFrom:"
                + " [{kind: ConfigMap, name: values}]}, {name: b, template: notes-2}]}");
        project.until("short", one -> services("short").contains("default/a=Failed"));
        assertThat(services("short")).contains("default/b=Pending");
        assertThat(condition(found("short"), "Ready", "reason")).isEqualTo("Progressing");
        assertThat(found("short").get("status", "services").toString())
                .contains("ConfigMap prj-a/values not found");
        project.client.configMaps().inNamespace("prj-a").resource(new ConfigMapBuilder()
                .withNewMetadata().withName("values").endMetadata().build()).create();
        project.until("short", Project::ready);
    }

    @Test
    void bringsServicesToEveryClusterWithFittingLabels() {
        project.create("""
                kind: ServiceTemplate
                metadata: {name: monitor, namespace: kcm-system}
                spec: {helm: {chartSpec: {chart: monitor, version: 1.0.0}}}
                """);
        project.untilTrue(() -> Boolean.TRUE.equals(project.client
                .genericKubernetesResources("k0rdent.mirantis.com/v1beta1", "ServiceTemplate")
                .inNamespace("kcm-system").withName("monitor").get().get("status", "valid")));
        project.deploy("many", "");
        merge(project.get("ClusterDeployment", "many"), "metadata: {labels: {tier: gold}}");
        var multi = project.global("MultiClusterService", "monitors");
        project.create(multi("monitors", "dependsOn: [first]"));
        project.until(multi, one -> one.getAdditionalProperties().toString()
                .contains("MultiClusterServiceDependencyNotReady"));
        project.create(multi("first", "dependsOn: []"));
        project.until(multi, one -> condition(one, "Ready", "status").equals("True")
                && condition(one, "ClusterInReadyState", "message").equals("1/1"));
        project.until("many", one -> Project.ready(one) && services("many").equals(
                List.of("default/first=Deployed", "default/monitors=Deployed"))
                || services("many").equals(
                List.of("default/monitors=Deployed", "default/first=Deployed")));
        denied(() -> project.global("MultiClusterService", "first").delete(),
                "MultiClusterService monitors refers to it");
        denied(() -> merge(project.global("MultiClusterService", "first"),
                "spec: {dependsOn: [monitors]}"), "dependency cycle through monitors");
        merge(project.get("ClusterDeployment", "many"), "metadata: {labels: {tier: tin}}");
        project.until("many", one -> Project.ready(one) && services("many").isEmpty());
        multi.delete();
        project.untilTrue(() -> multi.get() == null);
    }

    private static String multi(String name, String more) {
        return """
                kind: MultiClusterService
                metadata: {name: %s}
                spec: {clusterSelector: {matchLabels: {tier: gold}}, %s, serviceSpec: {services:
                  [{name: %s, template: monitor}]}}
                """.formatted(name, more, name);
    }

    @Test
    void leavesAServiceToWhoeverHasTheHigherPriority() {
        project.create("""
                kind: ServiceTemplate
                metadata: {name: shared, namespace: kcm-system}
                spec: {helm: {chartSpec: {chart: shared, version: 1.0.0}}}
                """);
        project.create("""
                kind: ServiceTemplate
                metadata: {name: shared, namespace: prj-a}
                spec: {helm: {chartSpec: {chart: shared, version: 1.0.0}}}
                """);
        project.untilTrue(() -> project.says("ServiceTemplate", "shared", "valid")
                && project.sim.region().find("sim1").orElseThrow().get(Kcm.SERVICES, "kcm-system",
                        "shared").orElseThrow().tree().at("/status/valid").asBoolean());
        project.create("""
                kind: MultiClusterService
                metadata: {name: strong}
                spec: {clusterSelector: {matchLabels: {prior: "yes"}}, serviceSpec: {priority: 200,
                  services: [{name: one, template: shared}]}}
                """);
        project.deploy("prior", "serviceSpec: {services: [{name: one, template: shared}]}");
        project.until("prior", Project::ready);
        merge(project.get("ClusterDeployment", "prior"), "metadata: {labels: {prior: 'yes'}}");
        project.until(project.global("MultiClusterService", "strong"),
                one -> condition(one, "ClusterInReadyState", "message").equals("1/1"));
        project.patch("prior", "spec: {serviceSpec: {services: [{name: one, template: shared,"
                + " values: 'a: 1'}]}}");
        project.until("prior", one -> one.get("status", "services") instanceof List<?> all
                && all.toString().contains("conflict: the service is managed by"));
        project.global("MultiClusterService", "strong").delete();
        project.until("prior", Project::ready);
    }

    @Test
    void makesClustersInARegionOfItsOwn() {
        project.deploy("edge", "");
        project.until("edge", Project::ready);
        project.create("""
                kind: Region
                metadata: {name: north}
                spec: {clusterDeployment: {name: edge, namespace: prj-a}}
                """);
        var region = project.global("Region", "north");
        project.until(region, one -> condition(one, "Ready", "status").equals("True"));
        assertThat(region.get().<List<String>>get("status", "availableProviders"))
                .contains("infrastructure-sim");
        project.create("""
                kind: Credential
                metadata: {name: northern, namespace: prj-a}
                spec: {region: north, identityRef: {apiVersion: v1, kind: Secret,
                  name: sim-identity, namespace: kcm-system}}
                """);
        project.untilTrue(() -> project.says("Credential", "northern", "ready"));
        project.client.resource(Project.deployment("far", "template: sim-standalone-cp-1-0-0,"
                + " credential: northern, dryRun: false, config: {workersNumber: 0}")).create();
        project.until("far", Project::ready);
        assertThat(found("far").<String>get("status", "region")).isEqualTo("north");
        assertThat(project.client.secrets().inNamespace("prj-a").withName("far-kubeconfig").get())
                .isNull();
        try (var edge = project.child("edge")) {
            assertThat(edge.secrets().inNamespace("prj-a").withName("far-kubeconfig").get())
                    .isNotNull();
        }
        denied(() -> project.get("ClusterDeployment", "edge").delete(), "Region north refers");
        denied(region::delete, "Credential prj-a/northern refers");
        project.get("ClusterDeployment", "far").delete();
        project.untilTrue(() -> project.get("ClusterDeployment", "far").get() == null);
    }

    @Test
    void looksAfterAClusterThatOthersMade() {
        project.sim.region().create("grown");
        var kubeconfig = project.sim.kubeconfigs().admin(
                project.sim.region().find("grown").orElseThrow());
        project.client.secrets().inNamespace("prj-a").resource(new SecretBuilder()
                .withNewMetadata().withName("grown-identity").endMetadata()
                .addToData("value", Base64.getEncoder().encodeToString(
                        kubeconfig.getBytes(StandardCharsets.UTF_8))).build()).create();
        project.create("""
                kind: Credential
                metadata: {name: grown, namespace: prj-a}
                spec: {identityRef: {apiVersion: v1, kind: Secret, name: grown-identity}}
                """);
        project.create("""
                kind: ClusterTemplate
                metadata: {name: adopted-cluster-1-0-1, namespace: prj-a}
                spec: {helm: {chartSpec: {chart: adopted-cluster, version: 1.0.1}},
                  providers: [infrastructure-internal]}
                """);
        project.untilTrue(() -> project.says("Credential", "grown", "ready")
                && project.says("ClusterTemplate", "adopted-cluster-1-0-1", "valid"));
        project.client.resource(Project.deployment("adopted", "template: adopted-cluster-1-0-1,"
                + " credential: grown, dryRun: false, config: {}, serviceSpec: {services:"
                + " [{name: notes, namespace: apps, template: notes-1}]}")).create();
        project.until("adopted", Project::ready);
        try (var child = Project.connect(kubeconfig)) {
            assertThat(child.configMaps().inNamespace("apps").withName("note").get()).isNotNull();
        }
        assertThat(project.client.secrets().inNamespace("prj-a").withName("adopted-kubeconfig")
                .get()).isNull();
        project.get("ClusterDeployment", "adopted").delete();
        project.untilTrue(() -> project.get("ClusterDeployment", "adopted").get() == null);
        assertThat(project.sim.region().find("grown")).isPresent();
    }

    @Test
    void refusesToDeleteWhatIsInUse() {
        project.deploy("user", "template: sim-standalone-cp-1-1-0, serviceSpec: {services:"
                + " [{name: a, template: notes-2, templateChain: notes}]}");
        denied(project.get("ClusterTemplate", "sim-standalone-cp-1-1-0")::delete,
                "admission webhook \"validation.clustertemplate.k0rdent.mirantis.com\" denied the"
                        + " request: ClusterTemplate deletion is forbidden");
        denied(project.get("Credential", "sim-credential")::delete, "ClusterDeployment prj-a/");
        denied(project.get("ServiceTemplate", "notes-2")::delete, "ClusterDeployment prj-a/");
        denied(project.get("ServiceTemplateChain", "notes")::delete, "ClusterDeployment prj-a/");
        denied(project.global("Management", "kcm")::delete, "ClusterDeployment prj-a/");
        denied(project.global("Release", "sim-1-0-0")::delete, "Management kcm refers to it");
        denied(project.global("AccessManagement", "kcm")::delete, "Management kcm refers to it");
        denied(() -> project.create("kind: AccessManagement\nmetadata: {name: other}\n"),
                "AccessManagement object already exists");
    }

    @Test
    void deniesWhatDoesNotFitTogether() {
        denied(() -> project.deploy("bad", "serviceSpec: {services: [{name: a, template: old}]}"),
                "k8s version v1.34.3 of the cluster does not satisfy k8s constraint < 1.34");
        denied(() -> project.deploy("bad", "clusterAuth: none"), "spec.clusterAuth");
        project.create("""
                kind: ClusterTemplate
                metadata: {name: elsewhere, namespace: prj-a}
                spec: {helm: {chartSpec: {chart: elsewhere, version: 1.0.0}},
                  providers: [infrastructure-moon]}
                """);
        project.create("""
                kind: ClusterTemplate
                metadata: {name: cloudy, namespace: prj-a}
                spec: {helm: {chartSpec: {chart: aws-standalone-cp, version: 1.0.0}},
                  providers: [infrastructure-aws]}
                """);
        project.untilTrue(() -> project.says("ClusterTemplate", "elsewhere", "valid")
                && project.says("ClusterTemplate", "cloudy", "valid"));
        denied(() -> project.deploy("bad", "template: elsewhere"),
                "required providers are not deployed yet: [infrastructure-moon]");
        denied(() -> project.deploy("bad", "template: cloudy"),
                "wrong kind of the ClusterIdentity \"Secret\" for provider \"infrastructure-aws\"");
        project.create("""
                kind: ClusterTemplateChain
                metadata: {name: open, namespace: prj-a}
                spec: {supportedTemplates: [{name: a, availableUpgrades: [{name: b}]}]}
                """);
        project.until(project.get("ClusterTemplateChain", "open"), one -> one
                .get("status", "validationError") instanceof String text && text.contains("b is"));
    }

    @Test
    void saysInADryRunThatTheChartRefusesTheValues() {
        project.client.resource(Project.deployment("wrong", "template: sim-standalone-cp-1-0-0,"
                + " credential: sim-credential, dryRun: true, config: {workersNumber: many}"))
                .create();
        project.until("wrong", one -> condition(one, "HelmChartReady", "message")
                .contains("at '/workersNumber': got string, want integer"));
        assertThat(condition(found("wrong"), "Ready", "reason")).isEqualTo("Failed");
        project.patch("wrong", "spec: {config: {workersNumber: 1}}");
        project.until("wrong", one -> condition(one, "Ready", "status").equals("True"));
        assertThat(project.sim.region().find("wrong")).isEmpty();
    }

    @Test
    void installsAnewWhenTheChartIsAnotherOne() {
        project.create("""
                kind: ClusterTemplate
                metadata: {name: renamed, namespace: prj-a}
                spec: {k8sVersion: v1.34.4, helm: {chartSpec: {chart: other, version: 1.0.0}}}
                """);
        project.create("""
                kind: ClusterTemplateChain
                metadata: {name: renaming, namespace: prj-a}
                spec: {supportedTemplates: [{name: renamed},
                  {name: sim-standalone-cp-1-0-0, availableUpgrades: [{name: renamed}]}]}
                """);
        project.untilTrue(() -> project.says("ClusterTemplate", "renamed", "valid"));
        project.deploy("chart", "");
        project.until("chart", one -> Project.ready(one)
                && one.get("status", "availableUpgrades").toString().contains("renamed"));
        try (var child = project.child("chart")) {
            var before = child.nodes().withName("chart-cp-0").get().getMetadata().getUid();
            project.patch("chart", "spec: {template: renamed}");
            project.until("chart", Project::ready);
            assertThat(condition(found("chart"), "HelmChartNameChanged", "message"))
                    .contains("from sim-standalone-cp to other");
            assertThat(child.nodes().withName("chart-cp-0").get().getMetadata().getUid())
                    .isNotEqualTo(before);
        }
    }

    @Test
    void takesBackWhatNoRuleGivesAnyMore() {
        var rules = project.global("AccessManagement", "kcm");
        project.create("""
                kind: Credential
                metadata: {name: lent, namespace: kcm-system, labels: {lend: "yes"}}
                spec: {identityRef: {apiVersion: v1, kind: Secret, name: sim-identity,
                  namespace: kcm-system}}
                """);
        var before = rules.get().<List<Object>>get("spec", "accessRules");
        var more = new ArrayList<>(before);
        more.add(Map.of("targetNamespaces", Map.of("list", List.of("prj-a")), "resources",
                List.of(Map.of("kind", "Credential", "stringSelector", "lend=yes"),
                        Map.of("kind", "Nonsense", "names", List.of("x")))));
        merge(rules, Json.mapper().valueToTree(Map.of("spec", Map.of("accessRules", more)))
                .toString());
        project.untilTrue(() -> project.says("Credential", "lent", "ready"));
        project.until(rules, one -> one.get("status", "error") instanceof String error
                && error.contains("there is no kind Nonsense"));
        merge(rules, Json.mapper().valueToTree(Map.of("spec", Map.of("accessRules", before)))
                .toString());
        project.untilTrue(() -> project.get("Credential", "lent").get() == null);
        project.until(rules, one -> one.get("status", "error") == null);
        assertThat(project.get("Credential", "sim-credential").get()).isNotNull();
    }

    /// What KCM writes into statuses, the published definitions allow.
    @Test
    void writesStatusesAsThePublishedDefinitionsAsk() throws IOException {
        project.deploy("typical", "serviceSpec: {services: [{name: notes, template: notes-1,"
                + " templateChain: notes}]}");
        project.until("typical", Project::ready);
        assumeTrue(Files.isDirectory(PUBLISHED));
        var cluster = project.sim.region().find("sim1").orElseThrow();
        for (var kind : List.of("clusterdeployments", "servicesets", "clustertemplates",
                "servicetemplates", "clustertemplatechains", "credentials", "managements",
                "releases", "accessmanagements", "providertemplates")) {
            var definition = Yaml.readAll(Files.readAllBytes(
                    PUBLISHED.resolve(Kcm.GROUP + "_" + kind + ".yaml"))).getFirst();
            var schema = Schema.structural(
                    definition.at("/spec/versions/0/schema/openAPIV3Schema"));
            var all = cluster.list(kind + "." + Kcm.GROUP, "");
            assertThat(all).as(kind).isNotEmpty();
            assertThat(all).as(kind).allSatisfy(item ->
                    assertThat(Validation.check(item.tree(), schema)).as(item.name())
                            .noneMatch(cause -> item.name().startsWith("sim-")
                                    || cause.field().startsWith("status")));
        }
    }

    private static GenericKubernetesResource found(String name) {
        return project.get("ClusterDeployment", name).get();
    }

    private static List<String> services(String name) {
        List<Map<String, Object>> all = found(name).get("status", "services");
        return all == null ? List.of() : all.stream().map(one -> one.get("namespace") + "/"
                + one.get("name") + "=" + one.get("state")).toList();
    }

    private static void denied(ThrowingCallable call, String why) {
        Predicate<KubernetesClientException> forbidden = refused -> refused.getCode() == 403;
        assertThatThrownBy(call).isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(why)
                .matches(refused -> forbidden.test((KubernetesClientException) refused));
    }
}
