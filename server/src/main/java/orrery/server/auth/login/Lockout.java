package orrery.server.auth.login;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import orrery.kit.Problem;
import orrery.kit.db.Tx;

/// Slows down who guesses passwords: after five failures in a row a name is locked for half a
/// minute, twice as long after every further one, up to 15 minutes.
///
/// Names are counted whether there is such a user or not, so that a lock tells nothing.
final class Lockout {
    private static final int FREE = 5;
    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration FORGOTTEN = Duration.ofHours(1);

    private final LockoutTable table = new LockoutTable();
    private final Clock clock;

    Lockout(Clock clock) {
        this.clock = clock;
    }

    /// @throws Problem.Failure [Problem.RateLimited] while the name is locked
    void check(Tx tx, String name) {
        var now = clock.instant();
        table.lockedUntil(tx, subject(name), now).ifPresent(until -> {
            throw new Problem.RateLimited(Duration.between(now, until)).raise();
        });
    }

    void failed(Tx tx, String name) {
        var now = clock.instant();
        var forgotten = now.minus(FORGOTTEN);
        table.sweep(tx, forgotten);
        var failures = table.failed(tx, subject(name), now, forgotten);
        if (failures >= FREE) {
            table.lock(tx, subject(name), now.plus(pause(failures)));
        }
    }

    void succeeded(Tx tx, String name) {
        table.clear(tx, subject(name));
    }

    static Duration pause(int failures) {
        var doubled = FIRST.multipliedBy(1L << Math.min(failures - FREE, 10));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }

    private static byte[] subject(String name) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(
                    name.strip().toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
