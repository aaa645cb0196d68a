package orrery.kit.events;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import orrery.kit.access.Scope;
import org.jspecify.annotations.Nullable;

/// Something that has happened: one row of the event log.
///
/// @param id        `evt_…`
/// @param position  where it stands in the log
/// @param type      `cluster.created`, `run.step`
/// @param subject   what it is about
/// @param scope     where the subject lies
/// @param actor     who did it: a user, a service account or a loop
/// @param requestId the request that asked for it
/// @param run       the run whose step did it; null when none did
public record Event(
        String id,
        Position position,
        Instant time,
        String type,
        Subject subject,
        Scope scope,
        String actor,
        String requestId,
        @Nullable String run,
        JsonNode data) {}
