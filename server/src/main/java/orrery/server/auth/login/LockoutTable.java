package orrery.server.auth.login;

import java.time.Instant;
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

    /// Counts from one again when the last failure is long ago.
    private static final String FAILED = """
            insert into login_failure as old (subject, failures, last_at)
            values (:subject, 1, :now)
            on conflict (subject) do update
            set failures = case when old.last_at < :forgotten then 1 else old.failures + 1 end,
                last_at = :now
            returning failures""";

    int failed(Tx tx, byte[] subject, Instant now, Instant forgotten) {
        return tx.handle().createQuery(FAILED)
                .bind("subject", subject).bind("now", now).bind("forgotten", forgotten)
                .mapTo(int.class).one();
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
                select subject from login_failure where last_at < :forgotten limit 100)""";

    void sweep(Tx tx, Instant forgotten) {
        tx.handle().createUpdate(SWEEP).bind("forgotten", forgotten).execute();
    }
}
