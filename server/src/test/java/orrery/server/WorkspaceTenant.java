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
        var error = job.path("error").asText();
        Assumptions.assumeFalse(error.contains("forbids sandboxes"), error);
        assertThat(job.path("result").asText()).as(job.toString()).isEqualTo("succeeded");
        return path;
    }

    /// A job, when it is over.
    public static JsonNode ended(Neighbours all, String job) {
        return Awaitility.await().atMost(PATIENCE).until(
                () -> all.owner().get("/api/v1/jobs/" + job).json(),
                json -> json.path("status").asText().equals("completed"));
    }
}
