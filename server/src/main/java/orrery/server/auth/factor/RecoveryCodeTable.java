package orrery.server.auth.factor;

import java.util.List;
import orrery.kit.db.Tx;

final class RecoveryCodeTable {
    private static final String INSERT = """
            insert into recovery_code (user_id, hash)
            values (:user, :hash)""";

    void insert(Tx tx, String user, List<byte[]> hashes) {
        hashes.forEach(hash -> tx.handle().createUpdate(INSERT)
                .bind("user", user).bind("hash", hash).execute());
    }

    private static final String USE = """
            delete from recovery_code
            where user_id = :user and hash = :hash""";

    /// Whether it was there: each counts once.
    boolean use(Tx tx, String user, byte[] hash) {
        return tx.handle().createUpdate(USE).bind("user", user).bind("hash", hash)
                .execute() == 1;
    }

    private static final String COUNT = """
            select count(*)
            from recovery_code
            where user_id = :user""";

    int count(Tx tx, String user) {
        return tx.handle().createQuery(COUNT).bind("user", user).mapTo(int.class).one();
    }

    private static final String DELETE = """
            delete from recovery_code
            where user_id = :user""";

    void delete(Tx tx, String user) {
        tx.handle().createUpdate(DELETE).bind("user", user).execute();
    }
}
