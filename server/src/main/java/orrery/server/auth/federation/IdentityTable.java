package orrery.server.auth.federation;

import java.util.List;
import java.util.Optional;
import orrery.kit.db.Tx;

final class IdentityTable {
    private static final String FIND = """
            select *
            from user_identity
            where realm = :realm and issuer = :issuer and subject = :subject
            for update""";

    Optional<Identity> find(Tx tx, String realm, String issuer, String subject) {
        return tx.handle().createQuery(FIND)
                .bind("realm", realm).bind("issuer", issuer).bind("subject", subject)
                .mapTo(Identity.class).findOne();
    }

    private static final String INSERT = """
            insert into user_identity (id, user_id, realm, issuer, subject, provider_id, email,
                                       email_verified, project_id, created_at, last_used_at)
            values (:id, :user, :realm, :issuer, :subject, :provider, :email, :verified, :project,
                    :created, :used)
            on conflict (realm, issuer, subject) do nothing""";

    /// Whether nobody had that identity.
    boolean insert(Tx tx, Identity identity) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", identity.id())
                .bind("user", identity.userId())
                .bind("realm", identity.realm())
                .bind("issuer", identity.issuer())
                .bind("subject", identity.subject())
                .bind("provider", identity.providerId())
                .bind("email", identity.email())
                .bind("verified", identity.emailVerified())
                .bind("project", identity.projectId())
                .bind("created", identity.createdAt())
                .bind("used", identity.lastUsedAt())
                .execute() == 1;
    }

    private static final String USED = """
            update user_identity
            set provider_id = :provider, email = :email, email_verified = :verified,
                project_id = :project, last_used_at = :used
            where id = :id""";

    void used(Tx tx, Identity identity) {
        tx.handle().createUpdate(USED)
                .bind("id", identity.id())
                .bind("provider", identity.providerId())
                .bind("email", identity.email())
                .bind("verified", identity.emailVerified())
                .bind("project", identity.projectId())
                .bind("used", identity.lastUsedAt())
                .execute();
    }

    private static final String OF_USER = """
            select *
            from user_identity
            where user_id = :user
            order by created_at, id
            limit 100""";

    List<Identity> ofUser(Tx tx, String user) {
        return tx.handle().createQuery(OF_USER).bind("user", user)
                .mapTo(Identity.class).list();
    }

    /// Changes of one person's identities wait for each other, so that one stays.
    private static final String LOCK = """
            select id
            from user_identity
            where user_id = :user
            order by id
            for update""";

    private static final String DELETE = """
            delete from user_identity
            where id = :id and user_id = :user""";

    boolean delete(Tx tx, String user, String id) {
        return tx.handle().createUpdate(DELETE).bind("id", id).bind("user", user).execute() == 1;
    }

    void lock(Tx tx, String user) {
        tx.handle().createQuery(LOCK).bind("user", user).mapTo(String.class).list();
    }
}
