package orrery.server.auth.login;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.db.Tx;

final class PasswordTable {
    private static final String SET = """
            insert into password (user_id, hash, changed_at)
            values (:user, :hash, :at)
            on conflict (user_id) do update
            set hash = excluded.hash, changed_at = excluded.changed_at""";

    void set(Tx tx, String user, String hash, Instant at) {
        tx.handle().createUpdate(SET).bind("user", user).bind("hash", hash).bind("at", at)
                .execute();
    }

    private static final String OF = """
            select hash
            from password
            where user_id = :user""";

    Optional<String> of(Tx tx, String user) {
        return tx.handle().createQuery(OF).bind("user", user).mapTo(String.class).findOne();
    }
}
