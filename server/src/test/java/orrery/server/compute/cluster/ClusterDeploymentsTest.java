package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.kube.Trees;
import orrery.server.compute.cluster.NodePool.Role;
import org.junit.jupiter.api.Test;

class ClusterDeploymentsTest {
    private static final Instant NOW = Instant.parse("2026-03-24T12:00:00Z");

    static Cluster cluster(List<NodePool> pools) {
        return new Cluster("cls_6NZtkvWLBbbmHfPi7L6oz7KZpq", "org_1", "prj_1", "sim1", "prod",
                null, null, Map.of("team", "a"), Cluster.Origin.PROVISIONED,
                Cluster.State.PENDING, null, null, null, null, pools, List.of(), List.of(), null,
                null, 0, null, 1, "usr_1", NOW, NOW, null, Setup.PLAIN, List.of());
    }

    private static Template template(String manifest) {
        return Template.of(Trees.read(manifest));
    }

    private static final Template STOCK = template("""
            metadata: {name: stock-1-0-0}
            spec: {}
            status:
              valid: true
              k8sVersion: v1.34.1
              config:
                controlPlaneNumber: 3
                workersNumber: 2
                worker: {instanceType: "", rootVolumeSize: 32}
            """);

    @Test
    void alwaysSaysConfigAndNoDryRun() {
        var object = ClusterDeployments.of(cluster(List.of()), STOCK, "", "run_1");
        assertThat(object.at("/spec/dryRun").asBoolean(true)).isFalse();
        assertThat(object.at("/spec/config").isObject()).isTrue();
        assertThat(object.at("/spec/template").asText()).isEqualTo("stock-1-0-0");
        assertThat(object.at("/spec/credential").isMissingNode()).isTrue();
    }

    @Test
    void namesAreShortAndLowerCase() {
        var object = ClusterDeployments.of(cluster(List.of()), STOCK, "cred", "run_1");
        assertThat(object.at("/metadata/name").asText()).matches("cls-[a-z0-9]{24}");
        assertThat(object.at("/metadata/namespace").asText()).matches("prj-[a-z0-9]{24}");
        assertThat(object.at("/spec/credential").asText()).isEqualTo("cred");
        assertThat(object.at("/metadata/labels/orrery.dev~1cluster").asText())
                .isEqualTo("cls_6NZtkvWLBbbmHfPi7L6oz7KZpq");
        assertThat(object.at("/metadata/labels/team").asText()).isEqualTo("a");
    }

    @Test
    void countsNodesAndChoosesMachinesWhereTheTemplateLetsIt() {
        var pools = List.of(
                new NodePool("np_1", "cp", Role.CONTROL_PLANE, 3, 0, "cp.small", null, null),
                new NodePool("np_2", "w", Role.WORKER, 5, 0, "gpu.large", null, null));
        var config = ClusterDeployments.of(cluster(pools), STOCK, "", "run_1").at("/spec/config");
        assertThat(config.path("controlPlaneNumber").asInt()).isEqualTo(3);
        assertThat(config.path("workersNumber").asInt()).isEqualTo(5);
        assertThat(config.at("/worker/instanceType").asText()).isEqualTo("gpu.large");
        assertThat(config.has("controlPlane")).isFalse();
    }

    @Test
    void choosesTheNewestValidTemplateOrTheVersionAskedFor() {
        var offered = List.of(
                Trees.read("{metadata: {name: a}, status: {valid: true, k8sVersion: v1.9.0}}"),
                Trees.read("{metadata: {name: b}, status: {valid: true, k8sVersion: v1.34.1}}"),
                Trees.read("{metadata: {name: c}, status: {valid: false, k8sVersion: v1.35.0}}"),
                Trees.read("{metadata: {name: d}, spec: {k8sVersion: v1.33.2}, "
                        + "status: {valid: true}}"));
        assertThat(Template.choose(offered, "")).hasValueSatisfying(
                chosen -> assertThat(chosen.name()).isEqualTo("b"));
        assertThat(Template.choose(offered, "1.33.2+k0s.0")).hasValueSatisfying(
                chosen -> assertThat(chosen.name()).isEqualTo("d"));
        assertThat(Template.choose(offered, "v1.35.0")).isEmpty();
        assertThat(Template.choose(List.of(), "")).isEmpty();
    }
}
