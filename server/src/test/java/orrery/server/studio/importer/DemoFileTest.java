package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import orrery.server.studio.importer.ReportItem.Outcome;
import org.junit.jupiter.api.Test;

/// The file that `orrery demo` deploys where nobody names another.
class DemoFileTest {
    private final Importing demo = Importing.of(ComposeFiles.read(
            Path.of("../cli/src/main/resources/demo/compose.yaml")));

    @Test
    void isConvertedWithoutLossOrWarning() {
        assertThat(demo.analysis().warnings()).isEmpty();
        assertThat(demo.analysis().errors()).isEmpty();
        assertThat(demo.analysis().needsBuild()).isFalse();
        assertThat(demo.draft().mistakes()).isEmpty();
        assertThat(demo.draft().unfilled()).isEmpty();
        assertThat(demo.analysis().report()).filteredOn(i -> i.outcome() == Outcome.DROPPED)
                .extracting(ReportItem::key).containsExactly("x-database");
    }

    @Test
    void startsTheDatabaseBeforeWhatNeedsIt() {
        assertThat(demo.draft().order()).extracting(n -> n.type() + "/" + n.name())
                .containsSubsequence("statefulset/db", "deployment/api", "deployment/web")
                .containsSubsequence("statefulset/db", "deployment/api", "deployment/worker");
    }

    @Test
    void keepsThePasswordOutOfTheNodes() {
        assertThat(demo.analysis().toString()).doesNotContain("not-a-real-secret");
        assertThat(demo.analysis().suggestedNodes().toString())
                .doesNotContain("not-a-real-secret");
        assertThat(demo.imported().secrets().values()).hasSize(3)
                .allMatch(values -> values.containsValue("not-a-real-secret"));
        assertThat(demo.object("Secret", "db-secrets").at("/data/POSTGRES_PASSWORD").asText())
                .isNotEmpty();
    }

    @Test
    void webReadsItsSiteFromAConfigMap() {
        assertThat(demo.object("ConfigMap", "site").at("/data/site").asText())
                .contains("proxy_set_header Host $host;");
        assertThat(demo.container("Deployment", "web").at("/volumeMounts/0")).hasToString(
                "{\"name\":\"site-volume\",\"mountPath\":\"/etc/nginx/conf.d/default.conf\","
                        + "\"subPath\":\"site\",\"readOnly\":true}");
    }
}
