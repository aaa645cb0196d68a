package orrery.kit.kube;

import java.time.Duration;

/// How much one cluster may cost us.
///
/// @param calls requests at a time to one cluster
/// @param streams watches, logs and shells at a time to one cluster
/// @param queue how long a request waits for its turn
/// @param connect how long a connection may take
/// @param answer how long an answer may take
/// @param ping how often a web socket is tried for life
/// @param answerBytes how much of an answer is read
/// @param clients clusters connected at a time; the least recently used gives way
/// @param idle after it an unused connection is closed
public record KubeLimits(
        int calls,
        int streams,
        Duration queue,
        Duration connect,
        Duration answer,
        Duration ping,
        int answerBytes,
        int clients,
        Duration idle) {
    public static final KubeLimits DEFAULT = new KubeLimits(
            16, 64, Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(30),
            Duration.ofSeconds(20), 32 << 20, 200, Duration.ofMinutes(10));
}
