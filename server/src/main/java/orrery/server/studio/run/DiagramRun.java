package orrery.server.studio.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import orrery.kit.db.Jsonb;

/// One deployment of a diagram: what the run's own record does not know.
///
/// @param id of the run
/// @param number which version of the diagram it deployed
/// @param nodeStates by node: the last status that was seen
/// @param logs lines for people, `[HH:MM:SS] text`
public record DiagramRun(
        String id,
        String diagram,
        int number,
        @Jsonb JsonNode nodeStates,
        @Jsonb List<String> logs,
        Instant createdAt) {
    public DiagramRun {
        logs = List.copyOf(logs);
    }
}
