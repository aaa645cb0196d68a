package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import orrery.server.compute.cluster.NodePool.Role;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewClusterTest {
    private static NewCluster.Pool pool(Role role, int count) {
        return new NewCluster.Pool(null, role, count, null, null, null);
    }

    private static NewCluster cluster(List<NewCluster.Pool> pools, Map<String, String> labels) {
        return new NewCluster(null, null, null, labels, null, pools);
    }

    @Test
    void asksForOneNodeOfEachRoleWhenNothingIsSaid() {
        assertThat(cluster(List.of(), Map.of()).nodePools())
                .containsExactly(pool(Role.CONTROL_PLANE, 1), pool(Role.WORKER, 1));
        assertThat(cluster(List.of(pool(Role.WORKER, 3)), Map.of()).nodePools())
                .containsExactly(pool(Role.WORKER, 3), pool(Role.CONTROL_PLANE, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 4, 7})
    void controlPlanesAreOdd(int count) {
        assertThatThrownBy(() -> cluster(List.of(pool(Role.CONTROL_PLANE, count)), Map.of()))
                .hasMessageContaining("nodePools[0].nodeCount").hasMessageContaining("1, 3 or 5");
    }

    @Test
    void tellsAllMistakesAtOnce() {
        assertThatThrownBy(() -> new NewCluster("No", "", null, Map.of("orrery.dev/cluster", "x"),
                "latest", List.of(pool(Role.WORKER, 1001),
                        new NewCluster.Pool("-", Role.WORKER, 1, "a b", null, "sub"))))
                .hasMessageContaining("field=name").hasMessageContaining("field=displayName")
                .hasMessageContaining("field=labels.orrery.dev/cluster")
                .hasMessageContaining("field=kubernetesVersion")
                .hasMessageContaining("nodePools[0].nodeCount")
                .hasMessageContaining("nodePools[1].name")
                .hasMessageContaining("nodePools[1].instanceType")
                .hasMessageContaining("nodePools[1].network");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-a", "a b", "sub.kubernetes.io/x", "k8s.io/x", "Bad/", "/x", ""})
    void labelsKeepKubernetesRulesAndLeaveReservedPrefixesAlone(String key) {
        assertThatThrownBy(() -> cluster(List.of(), Map.of(key, "v")))
                .hasMessageContaining("labels." + key);
    }
}
