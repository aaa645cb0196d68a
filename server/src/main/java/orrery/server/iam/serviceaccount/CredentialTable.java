package orrery.server.iam.serviceaccount;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.serviceaccount.ServiceAccount.Credential;

final class CredentialTable {
    private static final String COLUMNS = """
            it.id, it.service_account_id, it.expires_at, it.last_used_at, it.last_used_address,
              it.created_by, it.created_at""";

    private static final Listing<Credential> LIST = Listing.of(
            Credential.class, "credentials", COLUMNS, """
            (select *, case when expires_at is null or expires_at > now() then 'active'
                            else 'expired' end as status
             from service_account_credential
             where service_account_id = :account) as it
            where true""")
            .time("expiresAt").oneOf("status", Credential.Status.class);

    private static final String INSERT = """
            insert into service_account_credential (id, service_account_id, secret_hash,
                                                    expires_at, created_by, created_at)
            values (:id, :account, :hash, :expires, :by, :at)""";

    void insert(Tx tx, Credential credential, byte[] hash) {
        tx.handle().createUpdate(INSERT)
                .bind("id", credential.id())
                .bind("account", credential.serviceAccountId())
                .bind("hash", hash)
                .bind("expires", credential.expiresAt())
                .bind("by", credential.createdBy())
                .bind("at", credential.createdAt())
                .execute();
    }

    private static final String ACTIVE = """
            select count(*)
            from service_account_credential
            where service_account_id = :account and (expires_at is null or expires_at > :now)""";

    int countActive(Tx tx, String account, Instant now) {
        return tx.handle().createQuery(ACTIVE).bind("account", account).bind("now", now)
                .mapTo(int.class).one();
    }

    private static final String FIND = """
            select id, service_account_id, expires_at, last_used_at, last_used_address,
                   created_by, created_at
            from service_account_credential
            where service_account_id = :account and id = :id""";

    Optional<Credential> find(Tx tx, String account, String id) {
        return tx.handle().createQuery(FIND).bind("account", account).bind("id", id)
                .mapTo(Credential.class).findOne();
    }

    Page<Credential> list(Tx tx, Paging paging, PageAsk ask, String account) {
        return LIST.page(tx, paging, ask, Map.of("account", account));
    }

    private static final String COUNTS = """
            select secret_hash, client_id, expires_at
            from service_account_credential as credential
            join service_account as account on account.id = service_account_id
            join organization on organization.id = organization_id
            where credential.id = :id and account.state = 'active'
              and organization.state = 'active'
              and (expires_at is null or expires_at > :now)""";

    /// @param hash of its secret
    record Counting(byte[] hash, String clientId, @Nullable Instant expiresAt) {}

    /// The credential, if it and its account count now.
    Optional<Counting> counting(Tx tx, String id, Instant now) {
        return tx.handle().createQuery(COUNTS).bind("id", id).bind("now", now)
                .map((row, context) -> {
                    var end = row.getTimestamp(3);
                    return new Counting(row.getBytes(1), row.getString(2),
                            end == null ? null : end.toInstant());
                })
                .findOne();
    }

    private static final String USED = """
            update service_account_credential
            set last_used_at = :at, last_used_address = :address
            where id = :id and (last_used_at is null or last_used_at < :before)""";

    void used(Tx tx, String id, Instant at, Instant before, @Nullable String address) {
        tx.handle().createUpdate(USED)
                .bind("id", id).bind("at", at).bind("before", before).bind("address", address)
                .execute();
    }

    private static final String DELETE = """
            delete from service_account_credential
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }
}
