package orrery.kit.mail;

import java.time.Instant;
import java.util.List;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedColumn;

final class MailTable {
    static final SealedColumn SEALED = new SealedColumn("mail", "id", "sealed");

    /// @param attempts this one counted
    record Row(
            String id, String kind, String subject, byte[] sealed, int attempts,
            Instant expiresAt, Instant createdAt) {
        Subject about() {
            return new Subject(kind, subject);
        }
    }

    private static final String INSERT = """
            insert into mail (id, kind, subject, sealed, next_at, expires_at, created_at)
            values (:id, :kind, :subject, :sealed, :at, :expires, :at)""";

    void insert(Tx tx, Row row) {
        tx.handle().createUpdate(INSERT)
                .bind("id", row.id())
                .bind("kind", row.kind())
                .bind("subject", row.subject())
                .bind("sealed", row.sealed())
                .bind("at", row.createdAt())
                .bind("expires", row.expiresAt())
                .execute();
    }

    private static final String COUNT = """
            select count(*)
            from (select from mail limit :limit) as waiting""";

    /// How many wait, counted up to `limit`.
    int count(Tx tx, int limit) {
        return tx.handle().createQuery(COUNT).bind("limit", limit).mapTo(int.class).one();
    }

    /// Whoever takes some has until `again`: should it die, they are due once more.
    private static final String TAKE = """
            update mail
            set attempts = attempts + 1, next_at = :again
            where id in (
                select id
                from mail
                where next_at <= :now
                order by next_at
                limit :limit
                for update skip locked)
            returning id, kind, subject, sealed, attempts, expires_at, created_at""";

    List<Row> take(Tx tx, int limit, Instant now, Instant again) {
        return tx.handle().createQuery(TAKE)
                .bind("now", now).bind("again", again).bind("limit", limit)
                .mapTo(Row.class).list();
    }

    private static final String PUT_OFF = """
            update mail
            set next_at = :next
            where id = :id""";

    void putOff(Tx tx, String id, Instant next) {
        tx.handle().createUpdate(PUT_OFF).bind("id", id).bind("next", next).execute();
    }

    private static final String DELETE = """
            delete from mail
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }
}
