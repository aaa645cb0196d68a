package orrery.server.infrastructure.pool;

import java.time.Instant;
import orrery.kit.db.Jsonb;
import orrery.server.infrastructure.machine.Selector;
import org.jspecify.annotations.Nullable;

/// What servers have in common that are given out together.
public record Pool(
        String id,
        String name,
        @Nullable String displayName,
        @Nullable String description,
        @Jsonb Selector selector,
        long version,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        @Nullable Instant deletedAt) {

    @Override
    public String toString() {
        return "pool " + name + " (" + id + ")";
    }
}
