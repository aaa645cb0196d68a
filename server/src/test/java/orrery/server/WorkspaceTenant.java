package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

/// The owner's workspace on the [Neighbours]' cluster. There is one for each person and blueprint,
/// so test classes that need one share it.
public final class WorkspaceTenant {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String WORKSPACES = "/api/v1/workspaces";

    private WorkspaceTenant() {}

    /// Its path, when it is up; it is started if it is not.
    public static String up(Neighbours all) {
        var asked = all.owner().post(WORKSPACES, Map.of("cluster", "home"));
        if (asked.status() == 409) {
            return WORKSPACES + "/" + all.owner().get(WORKSPACES).text("/0/name");
        }
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
        var job = ended(all, asked.text("/jobId"));
        var path = WORKSPACES + "/" + asked.text("/workspace");
        assertThat(job.path("result").asText()).as(job.toString()).isEqualTo("succeeded");
        return path;
    }

    /// The same, for who wants to run something in it: skipped where this host forbids that.
    public static String entered(Neighbours all) {
        var path = up(all);
        var said = all.owner().get(path + "/files?path=nothing").raw().body();
        Assumptions.assumeFalse(said.contains("forbids sandboxes"), said);
        return path;
    }

    /// A job, when it is over.
    public static JsonNode ended(Neighbours all, String job) {
        return Awaitility.await().atMost(PATIENCE).until(
                () -> all.owner().get("/api/v1/jobs/" + job).json(),
                json -> json.path("status").asText().equals("completed"));
    }
}
