package orrery.server.infrastructure.machine;

import java.time.Instant;

/// One line of a server's log: what became of it, and what Metal3 said meanwhile.
public record LogEntry(String id, Severity severity, String message, Instant createdAt) {
    /// How bad it is.
    public enum Severity { DEBUG, INFO, WARNING, ERROR }
}
