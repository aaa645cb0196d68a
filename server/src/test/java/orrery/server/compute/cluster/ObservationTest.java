package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import orrery.kit.kube.Trees;
import orrery.server.compute.cluster.Observation.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationTest {
    /// @param conditions `Type=Status/Reason/message` in a list
    private static JsonNode deployment(String conditions) {
        var text = new StringBuilder("""
                metadata: {generation: 2}
                status:
                  observedGeneration: 2
                  k8sVersion: v1.34.1
                  conditions:
                """);
        for (var condition : conditions.split(" ")) {
            var parts = condition.split("[=/]", 4);
            text.append("  - {type: ").append(parts[0]).append(", status: \"").append(parts[1])
                    .append("\", reason: ").append(parts[2]).append(", message: \"")
                    .append(parts.length > 3 ? parts[3].replace('_', ' ') : "").append("\"}\n");
        }
        return Trees.read(text.toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Ready=True/Succeeded|READY",
        "Ready=Unknown/Progressing|PROGRESSING",
        "Ready=False/Progressing CAPIClusterSummary=False/Progressing|PROGRESSING",
        "Ready=False/Failed HelmChartReady=False/Failed|FAILED",
        "Ready=True/Succeeded Paused=True/Paused|FAILED",
        "Ready=True/Succeeded Deleting=True/Deleting|DELETING",
        "Ready=False/Deleting Deleting=True/Failed|DELETE_FAILED",
        "Ready=False/Progressing CAPIClusterSummary=True/Succeeded "
                + "ServicesInReadyState=False/Progressing|READY",
        "Ready=False/Progressing CAPIClusterSummary=True/Succeeded "
                + "HelmReleaseReady=False/Progressing|PROGRESSING"
    })
    void saysAllConditionsInOneWord(String conditions, Verdict verdict) {
        assertThat(Observation.of(deployment(conditions)).verdict()).isEqualTo(verdict);
    }

    @Test
    void doesNotBelieveWhatIsSaidOfAnOlderDescription() {
        var stale = Trees.read("""
                metadata: {generation: 3}
                status:
                  observedGeneration: 2
                  conditions: [{type: Ready, status: "True", reason: Succeeded}]
                """);
        assertThat(Observation.of(stale).verdict()).isEqualTo(Verdict.PROGRESSING);
        assertThat(Observation.of(Trees.read("metadata: {generation: 1}")).verdict())
                .isEqualTo(Verdict.PROGRESSING);
    }

    @Test
    void tellsWhatIsInTheWay() {
        var seen = Observation.of(deployment(
                "Ready=False/Failed/x CredentialReady=False/Failed/no_credential_aws"));
        assertThat(seen.text()).isEqualTo("CredentialReady: no credential aws");
        assertThat(seen.kubernetesVersion()).isEqualTo("v1.34.1");
    }
}
