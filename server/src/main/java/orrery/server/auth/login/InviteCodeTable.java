package orrery.server.auth.login;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;

final class InviteCodeTable {
    static final SealedColumn SEALED =
            new SealedColumn("invite_code", "organization_id", "sealed_code");

    record Row(byte[] sealed, boolean singleUse) {}

    private static final String SET = """
            insert into invite_code (organization_id, code_hash, sealed_code, changed_at)
            values (:organization, :hash, :sealed, :at)
            on conflict (organization_id) do update
            set code_hash = excluded.code_hash, sealed_code = excluded.sealed_code,
                changed_at = excluded.changed_at""";

    void set(Tx tx, String organization, byte[] hash, byte[] sealed, Instant at) {
        tx.handle().createUpdate(SET)
                .bind("organization", organization)
                .bind("hash", hash)
                .bind("sealed", sealed)
                .bind("at", at)
                .execute();
    }

    private static final String SINGLE_USE = """
            update invite_code
            set single_use = :singleUse
            where organization_id = :organization""";

    void singleUse(Tx tx, String organization, boolean singleUse) {
        tx.handle().createUpdate(SINGLE_USE)
                .bind("organization", organization)
                .bind("singleUse", singleUse)
                .execute();
    }

    private static final String OF = """
            select sealed_code, single_use
            from invite_code
            where organization_id = :organization""";

    Optional<Row> of(Tx tx, String organization) {
        return tx.handle().createQuery(OF).bind("organization", organization)
                .map((row, context) -> new Row(row.getBytes(1), row.getBoolean(2)))
                .findOne();
    }

    private static final String ORGANIZATION = """
            select organization_id
            from invite_code
            where code_hash = :hash""";

    Optional<String> organization(Tx tx, byte[] hash) {
        return tx.handle().createQuery(ORGANIZATION).bind("hash", hash)
                .mapTo(String.class).findOne();
    }

    /// As [#organization]; a code that is used once is used by one of many at once.
    Optional<String> lockOrganization(Tx tx, byte[] hash) {
        return tx.handle().createQuery(ORGANIZATION + "\nfor update").bind("hash", hash)
                .mapTo(String.class).findOne();
    }
}
