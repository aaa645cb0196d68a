package orrery.server.studio.version;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import orrery.kit.db.Jsonb;
import org.jspecify.annotations.Nullable;

/// What a diagram looked like at a time.
///
/// @param number from 1, without gaps when it was made
/// @param automatic whether a run or a restoration kept it, else a person
/// @param restoredFrom number of the version that it is a copy of
/// @param run the last one that deployed it
public record DiagramVersion(
        String id,
        String diagram,
        int number,
        @Nullable String name,
        @Nullable String tag,
        String description,
        @Jsonb JsonNode nodes,
        @Jsonb JsonNode edges,
        boolean automatic,
        @Nullable Integer restoredFrom,
        @Nullable String run,
        String createdBy,
        Instant createdAt) {}
