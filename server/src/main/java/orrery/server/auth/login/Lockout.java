package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.db.Tx;
import orrery.server.iam.user.User;
import org.jspecify.annotations.Nullable;

/// Slows down who guesses: after some failures in a row a name is locked for half a minute, twice
/// as long after every further one, up to 15 minutes. So is an address that fails often, whatever
/// names it tries.
///
/// Names are counted whether there is such a user or not, so that a lock tells nothing.
@Singleton
public final class Lockout {
    private static final Duration FIRST = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private static final Duration FORGOTTEN = Duration.ofHours(1);
    private static final HexFormat HEX = HexFormat.of();

    /// What failures are counted for, and how many are free.
    public enum Of {
        /// A name that somebody signs in with, and its password.
        NAME("", 5, FORGOTTEN, true),
        /// A person whose password is known already, and its second factor.
        SECOND("second ", 5, FORGOTTEN, true),
        /// A person who types the codes that devices show. A success forgives nothing: a guesser
        /// may have a device, too.
        DEVICE("device ", 10, Duration.ofMinutes(15), false),
        /// A person to whom mail is sent, and the mails.
        MAIL("mail ", 3, FORGOTTEN, true),
        /// An address. Many people may share one: it is counted anew every quarter of an hour, and
        /// a success forgives nothing, since a guesser may have an account too.
        ADDRESS("address ", 100, Duration.ofMinutes(15), false);

        private final String prefix;
        private final int free;
        private final Duration forgotten;
        private final boolean isInARow;

        Of(String prefix, int free, Duration forgotten, boolean isInARow) {
            this.prefix = prefix;
            this.free = free;
            this.forgotten = forgotten;
            this.isInARow = isInARow;
        }
    }

    private final LockoutTable table = new LockoutTable();
    private final Clock clock;

    public Lockout(Clock clock) {
        this.clock = clock;
    }

    /// @throws Problem.Failure [Problem.RateLimited] while it, or the caller's address, is locked
    public void check(Tx tx, Of what, String key) {
        checkOne(tx, what, key);
        checkAddress(tx);
    }

    /// @throws Problem.Failure [Problem.RateLimited] while the caller's address is locked
    public void checkAddress(Tx tx) {
        var address = address(tx);
        if (address != null) {
            checkOne(tx, Of.ADDRESS, address);
        }
    }

    private void checkOne(Tx tx, Of what, String key) {
        var now = clock.instant();
        table.lockedUntil(tx, subject(what, key), now).ifPresent(until -> {
            throw new Problem.RateLimited(Duration.between(now, until)).raise();
        });
    }

    public void failed(Tx tx, Of what, String key) {
        table.sweep(tx, clock.instant().minus(FORGOTTEN));
        failedOne(tx, what, key);
        missed(tx);
    }

    private void failedOne(Tx tx, Of what, String key) {
        var now = clock.instant();
        var failures = table.failed(
                tx, subject(what, key), now, now.minus(what.forgotten), what.isInARow);
        if (failures >= what.free) {
            table.lock(tx, subject(what, key), now.plus(pause(failures - what.free)));
        }
    }

    /// Counts an attempt as failed before anybody looks whether it is good, so that many at once
    /// are no more than one after the other. Its success must be told within the same transaction
    /// or a later one.
    ///
    /// @throws Problem.Failure [Problem.RateLimited] while it is locked
    public void attempt(Tx tx, Of what, String key) {
        table.begin(tx, subject(what, key));
        check(tx, what, key);
        table.sweep(tx, clock.instant().minus(FORGOTTEN));
        failedOne(tx, what, key);
    }

    /// Counts for the caller's address that an attempt was no good.
    public void missed(Tx tx) {
        var address = address(tx);
        if (address != null) {
            failedOne(tx, Of.ADDRESS, address);
        }
    }

    public void succeeded(Tx tx, Of what, String key) {
        table.clear(tx, subject(what, key));
    }

    /// Until when people cannot sign in by password, by identifier; those who can are not there.
    public Map<String, Instant> locked(Tx tx, Collection<User> people) {
        var whose = new HashMap<String, String>();
        for (var user : people) {
            whose.put(HEX.formatHex(subject(Of.NAME, user.username())), user.id());
            whose.put(HEX.formatHex(subject(Of.NAME, user.email())), user.id());
        }
        var until = new HashMap<String, Instant>();
        table.locked(tx, whose.keySet(), clock.instant()).forEach((subject, end) -> until.merge(
                String.valueOf(whose.get(subject)), end, (a, b) -> a.isAfter(b) ? a : b));
        return until;
    }

    /// Lets somebody try again at once to sign in by password.
    public void forgive(Tx tx, User user) {
        succeeded(tx, Of.NAME, user.email());
        succeeded(tx, Of.NAME, user.username());
    }

    /// @param further failures beyond those that are free
    static Duration pause(int further) {
        var doubled = FIRST.multipliedBy(1L << Math.min(further, 10));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }

    /// Whose address it is; of IPv6 the network, since one host has all of it.
    private static @Nullable String address(Tx tx) {
        var address = tx.grant().call().address();
        if (address == null || !address.contains(":")) {
            return address;
        }
        var groups = address.split(":", 5);
        return String.join(":", groups[0], groups.length > 1 ? groups[1] : "",
                groups.length > 2 ? groups[2] : "", groups.length > 3 ? groups[3] : "");
    }

    private static byte[] subject(Of what, String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(
                    (what.prefix + key.strip().toLowerCase(Locale.ROOT))
                            .getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
