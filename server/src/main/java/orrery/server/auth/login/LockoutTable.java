package orrery.server.auth.login;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import orrery.kit.db.Tx;

final class LockoutTable {
    private static final String LOCKED_UNTIL = """
            select locked_until
            from login_failure
            where subject = :subject and locked_until > :now""";

    Optional<Instant> lockedUntil(Tx tx, byte[] subject, Instant now) {
        return tx.handle().createQuery(LOCKED_UNTIL).bind("subject", subject).bind("now", now)
                .mapTo(Instant.class).findOne();
    }

    private static final String LOCKED = """
            select encode(subject, 'hex') as subject, locked_until
            from login_failure
            where subject in (select decode(it, 'hex') from unnest(:subjects) as it)
              and locked_until > :now""";

    /// Until when, by subject in hexadecimal digits; those that are not locked are not there.
    Map<String, Instant> locked(Tx tx, Collection<String> subjects, Instant now) {
        return tx.handle().createQuery(LOCKED)
                .bindArray("subjects", String.class, subjects).bind("now", now)
                .reduceRows(new HashMap<>(), (all, row) -> {
                    all.put(row.getColumn("subject", String.class),
                            row.getColumn("locked_until", Instant.class));
                    return all;
                });
    }

    /// Counts from one again when the last failure is long ago.
    private static final String FAILED = """
            insert into login_failure as old (subject, failures, last_at)
            values (:subject, 1, :now)
            on conflict (subject) do update
            set failures = case when old.last_at < :forgotten then 1 else old.failures + 1 end,
                last_at = case when :row or old.last_at < :forgotten then :now
                               else old.last_at end
            returning failures""";

    /// @param isInARow whether every failure puts off when they are forgotten
    int failed(
            Tx tx, byte[] subject, Instant now, Instant forgotten, boolean isInARow) {
        return tx.handle().createQuery(FAILED)
                .bind("subject", subject).bind("now", now).bind("forgotten", forgotten)
                .bind("row", isInARow)
                .mapTo(int.class).one();
    }

    private static final String BEGIN = """
            select pg_advisory_xact_lock(hashtextextended(encode(:subject, 'hex'), 0))""";

    /// Makes others who count the same wait until the transaction ends.
    void begin(Tx tx, byte[] subject) {
        tx.handle().createQuery(BEGIN).bind("subject", subject).mapToMap().list();
    }

    private static final String LOCK = """
            update login_failure
            set locked_until = :until
            where subject = :subject""";

    void lock(Tx tx, byte[] subject, Instant until) {
        tx.handle().createUpdate(LOCK).bind("subject", subject).bind("until", until).execute();
    }

    private static final String CLEAR = """
            delete from login_failure
            where subject = :subject""";

    void clear(Tx tx, byte[] subject) {
        tx.handle().createUpdate(CLEAR).bind("subject", subject).execute();
    }

    private static final String SWEEP = """
            delete from login_failure
            where subject in (
                select subject from login_failure where last_at < :forgotten limit 100
                for update skip locked)""";

    void sweep(Tx tx, Instant forgotten) {
        tx.handle().createUpdate(SWEEP).bind("forgotten", forgotten).execute();
    }
}
