package orrery.server.auth.login;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import orrery.kit.db.Tx;

final class PasswordResetTable {
    /// Somebody said that the password of this address is forgotten.
    record Wish(String id, String email, Instant createdAt) {}

    private static final String WISH = """
            insert into password_reset_wish (id, email, created_at)
            values (:id, :email, :at)""";

    void wish(Tx tx, Wish wish) {
        tx.handle().createUpdate(WISH)
                .bind("id", wish.id()).bind("email", wish.email()).bind("at", wish.createdAt())
                .execute();
    }

    private static final String TAKE_WISHES = """
            delete from password_reset_wish
            where id in (
                select id
                from password_reset_wish
                order by created_at
                limit :limit
                for update skip locked)
            returning *""";

    List<Wish> takeWishes(Tx tx, int limit) {
        return tx.handle().createQuery(TAKE_WISHES).bind("limit", limit)
                .mapTo(Wish.class).list();
    }

    private static final String INSERT = """
            insert into password_reset (hash, user_id, expires_at)
            values (:hash, :user, :expires)""";

    void insert(Tx tx, byte[] hash, String user, Instant expires) {
        tx.handle().createUpdate(INSERT)
                .bind("hash", hash).bind("user", user).bind("expires", expires)
                .execute();
    }

    private static final String FIND = """
            select user_id
            from password_reset
            where hash = :hash and expires_at > :now
            for update""";

    /// Whose reset it is. Of two who come with it at once, one waits for the other.
    Optional<String> find(Tx tx, byte[] hash, Instant now) {
        return tx.handle().createQuery(FIND).bind("hash", hash).bind("now", now)
                .mapTo(String.class).findOne();
    }

    private static final String CLEAR = """
            delete from password_reset
            where user_id = :user or expires_at < :now""";

    /// Takes away all of one person, and those of others whose time is over.
    void clear(Tx tx, String user, Instant now) {
        tx.handle().createUpdate(CLEAR).bind("user", user).bind("now", now).execute();
    }
}
