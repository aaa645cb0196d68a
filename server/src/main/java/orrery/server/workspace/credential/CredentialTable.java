package orrery.server.workspace.credential;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import orrery.kit.db.Tx;
import orrery.server.workspace.credential.Credential.Service;

final class CredentialTable {
    private static final RowMapper<Credential> CREDENTIAL = (row, context) -> {
        Timestamp used = row.getTimestamp("last_used_at");
        return new Credential(row.getLong("id"),
                Service.valueOf(row.getString("service").toUpperCase(Locale.ROOT)),
                row.getString("scope"), row.getString("subject"), row.getBoolean("is_active"),
                row.getTimestamp("created_at").toInstant(),
                row.getTimestamp("updated_at").toInstant(),
                used == null ? null : used.toInstant());
    };

    private static final String INSERT = """
            insert into credential (user_id, service, scope, subject, created_at, updated_at)
            values (:user, :service, :scope, :subject, :at, :at)
            on conflict do nothing
            returning *""";

    /// Empty when the person has one for that scope.
    Optional<Credential> insert(
            Tx tx, String user, Service service, String scope, String subject, Instant at) {
        return tx.handle().createQuery(INSERT)
                .bind("user", user)
                .bind("service", service.name().toLowerCase(Locale.ROOT))
                .bind("scope", scope)
                .bind("subject", subject)
                .bind("at", at)
                .map(CREDENTIAL).findOne();
    }

    private static final String SEAL = """
            update credential
            set sealed_secret = :sealed
            where id = :id""";

    void seal(Tx tx, long id, byte[] sealed) {
        tx.handle().createUpdate(SEAL).bind("id", id).bind("sealed", sealed).execute();
    }

    private static final String SEALED = """
            select sealed_secret
            from credential
            where id = :id and sealed_secret is not null""";

    Optional<byte[]> sealed(Tx tx, long id) {
        return tx.handle().createQuery(SEALED).bind("id", id).mapTo(byte[].class).findOne();
    }

    private static final String LIST = """
            select *
            from credential
            where user_id = :user
            order by service, scope
            limit :limit""";

    List<Credential> list(Tx tx, String user, int limit) {
        return tx.handle().createQuery(LIST).bind("user", user).bind("limit", limit)
                .map(CREDENTIAL).list();
    }

    private static final String CHANGE = """
            update credential
            set scope = :scope, subject = :subject, is_active = :active, updated_at = :at
            where id = :id
            returning *""";

    Credential change(Tx tx, Credential changed, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", changed.id())
                .bind("scope", changed.scope())
                .bind("subject", changed.subject())
                .bind("active", changed.isActive())
                .bind("at", at)
                .map(CREDENTIAL).one();
    }

    private static final String USED = """
            update credential
            set last_used_at = :at
            where id = :id""";

    void used(Tx tx, long id, Instant at) {
        tx.handle().createUpdate(USED).bind("id", id).bind("at", at).execute();
    }

    private static final String DELETE = """
            delete from credential
            where id = :id""";

    void delete(Tx tx, long id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }
}
