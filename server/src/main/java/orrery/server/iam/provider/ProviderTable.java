package orrery.server.iam.provider;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.kit.secret.SealedColumn;

final class ProviderTable {
    static final SealedColumn SEALED =
            new SealedColumn("identity_provider", "id", "sealed_client_secret");

    private static final String COLUMNS = """
            id, organization_id, name, display_name, kind, tenant_domain, challenge, proved_at,
              approved_by, missing_since, client_id, discovery_url, authorization_url, token_url,
              userinfo_url, emails_url, scopes, mfa_values, sign_up, join_organization_id, enabled,
              created_by, version, created_at, updated_at""";

    private static final Listing<Provider> LIST = Listing.of(
            Provider.class, "providers", COLUMNS, """
            identity_provider
            where organization_id is not distinct from :organization""")
            .time("updatedAt").text("name", "tenantDomain", "createdBy")
            .oneOf("kind", Provider.Kind.class).searching("name", "displayName");

    Page<Provider> list(Tx tx, Paging paging, PageAsk ask, @Nullable String organization) {
        var bound = new HashMap<String, Object>();
        bound.put("organization", organization);
        return LIST.page(tx, paging, ask, bound);
    }

    private static final String INSERT = """
            insert into identity_provider (
                id, organization_id, name, display_name, kind, tenant_domain, challenge,
                proved_at, approved_by, client_id, sealed_client_secret, discovery_url,
                authorization_url, token_url, userinfo_url, emails_url, scopes, mfa_values,
                sign_up,
                join_organization_id, enabled, created_by, created_at, updated_at)
            values (:id, :organization, :name, :displayName, :kind, :domain, :challenge, :proved,
                :approved, :clientId, :secret, :discovery, :authorization, :token, :userinfo,
                :emails, :scopes, :mfa, :signUp, :join, :enabled, :by, :at, :at)
            on conflict do nothing""";

    /// Whether its name and its domain were free.
    boolean insert(Tx tx, Provider provider, byte @Nullable [] secret) {
        return bind(tx.handle().createUpdate(INSERT), provider)
                .bind("organization", provider.organizationId())
                .bind("kind", provider.kind().name().toLowerCase(Locale.ROOT))
                .bind("secret", secret)
                .bind("by", provider.createdBy())
                .bind("at", provider.createdAt())
                .execute() == 1;
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Provider it) {
        var at = it.endpoints();
        return statement.bind("id", it.id())
                .bind("name", it.name())
                .bind("displayName", it.displayName())
                .bind("domain", it.tenantDomain())
                .bind("challenge", it.challenge())
                .bind("proved", it.provedAt())
                .bind("approved", it.approvedBy())
                .bind("clientId", at.clientId())
                .bind("discovery", at.discoveryUrl())
                .bind("authorization", at.authorizationUrl())
                .bind("token", at.tokenUrl())
                .bind("userinfo", at.userinfoUrl())
                .bind("emails", at.emailsUrl())
                .bindByType("scopes", at.scopes().toArray(String[]::new), String[].class)
                .bindByType("mfa", at.mfaValues().toArray(String[]::new), String[].class)
                .bind("signUp", it.signUp().name().toLowerCase(Locale.ROOT))
                .bind("join", it.joinOrganizationId())
                .bind("enabled", it.enabled());
    }

    private static final String FIND = """
            select %s
            from identity_provider
            where organization_id is not distinct from :organization
              and (id = :key or name = :key)""".formatted(COLUMNS);

    /// @param organization `null` for those of the installation
    /// @param key identifier or name; no text is both
    Optional<Provider> find(Tx tx, @Nullable String organization, String key) {
        return tx.handle().createQuery(FIND)
                .bind("organization", organization).bind("key", key)
                .mapTo(Provider.class).findOne();
    }

    private static final String BY_ID = """
            select %s
            from identity_provider provider
            where id = :id
              and not exists (select 1 from organization
                              where organization.id = provider.organization_id
                                and organization.deleted_at is not null)"""
            .formatted(COLUMNS);

    Optional<Provider> byId(Tx tx, String id) {
        return tx.handle().createQuery(BY_ID).bind("id", id).mapTo(Provider.class).findOne();
    }

    private static final String HOLD = """
            select true
            from identity_provider
            where id = :id and enabled
            for share""";

    /// Whether it signs people in, and does until the transaction ends.
    boolean hold(Tx tx, String id) {
        return tx.handle().createQuery(HOLD).bind("id", id).mapTo(boolean.class).findOne()
                .isPresent();
    }

    private static final String ROUTED = """
            select %s
            from identity_provider provider
            where tenant_domain = :domain and proved_at is not null and enabled
              and not exists (select 1 from organization
                              where organization.id = provider.organization_id
                                and organization.deleted_at is not null)"""
            .formatted(COLUMNS);

    /// The one that people of a domain are sent to.
    Optional<Provider> routed(Tx tx, String domain) {
        return tx.handle().createQuery(ROUTED).bind("domain", domain)
                .mapTo(Provider.class).findOne();
    }

    private static final String PUBLIC = """
            select %s
            from identity_provider
            where organization_id is null and enabled
            order by display_name, id
            limit 50""".formatted(COLUMNS);

    /// Those that everybody is shown.
    List<Provider> ofInstallation(Tx tx) {
        return tx.handle().createQuery(PUBLIC).mapTo(Provider.class).list();
    }

    private static final String ANY_ROUTED = """
            select exists (select 1 from identity_provider
                           where proved_at is not null and enabled)""";

    boolean isAnyRouted(Tx tx) {
        return tx.handle().createQuery(ANY_ROUTED).mapTo(boolean.class).one();
    }

    private static final String TAKEN = """
            select exists (select 1 from identity_provider
                           where tenant_domain = :domain and id <> :id
                             and (proved_at is not null
                                  or organization_id is not distinct from :organization))""";

    /// Whether a domain is somebody else's already.
    boolean isTaken(Tx tx, Provider wanting, String domain) {
        return tx.handle().createQuery(TAKEN).bind("domain", domain).bind("id", wanting.id())
                .bind("organization", wanting.organizationId()).mapTo(boolean.class).one();
    }

    private static final String COUNT = """
            select count(*)
            from identity_provider
            where organization_id is not distinct from :organization""";

    long count(Tx tx, @Nullable String organization) {
        return tx.handle().createQuery(COUNT).bind("organization", organization)
                .mapTo(long.class).one();
    }

    private static final String CHANGE = """
            update identity_provider
            set name = :name, display_name = :displayName, tenant_domain = :domain,
                challenge = :challenge, proved_at = :proved, approved_by = :approved,
                missing_since = :missing, checked_at = null,
                client_id = :clientId, discovery_url = :discovery,
                authorization_url = :authorization, token_url = :token, userinfo_url = :userinfo,
                emails_url = :emails, scopes = :scopes, mfa_values = :mfa, sign_up = :signUp,
                join_organization_id = :join, enabled = :enabled,
                updated_at = :at, version = version + 1
            where id = :id and version = :version
            returning %s""".formatted(COLUMNS);

    /// Empty when somebody else was faster.
    Optional<Provider> change(Tx tx, Provider to, Instant at) {
        return bind(tx.handle().createQuery(CHANGE), to)
                .bind("version", to.version()).bind("missing", to.missingSince())
                .bind("at", at)
                .mapTo(Provider.class).findOne();
    }

    private static final String DUE = """
            select %s
            from identity_provider
            where proved_at is not null and approved_by is null
              and (checked_at is null or checked_at < :before
                   or missing_since is not null and checked_at < :soon)
            order by checked_at nulls first, id
            limit :limit""".formatted(COLUMNS);

    /// Those whose proof in DNS is to be looked at again, the longest unseen first.
    ///
    /// @param before when a proof that is there was looked at
    /// @param soon when one that is missing was
    List<Provider> due(Tx tx, Instant before, Instant soon, int limit) {
        return tx.handle().createQuery(DUE).bind("before", before).bind("soon", soon)
                .bind("limit", limit).mapTo(Provider.class).list();
    }

    private static final String CHECKED = """
            update identity_provider
            set checked_at = :at, missing_since = :missing
            where id = :id and version = :version""";

    /// Notes what was seen. It is no change of the provider: its version stays.
    boolean checked(Tx tx, Provider seen, Instant at, @Nullable Instant missing) {
        return tx.handle().createUpdate(CHECKED).bind("id", seen.id())
                .bind("version", seen.version()).bind("at", at).bind("missing", missing)
                .execute() == 1;
    }

    private static final String SET_SECRET = """
            update identity_provider
            set sealed_client_secret = :secret
            where id = :id""";

    void setSecret(Tx tx, String id, byte @Nullable [] secret) {
        tx.handle().createUpdate(SET_SECRET).bind("id", id).bind("secret", secret).execute();
    }

    private static final String SECRET = """
            select sealed_client_secret
            from identity_provider
            where id = :id and sealed_client_secret is not null""";

    Optional<byte[]> secret(Tx tx, String id) {
        return tx.handle().createQuery(SECRET).bind("id", id).mapTo(byte[].class).findOne();
    }

    private static final String DELETE = """
            delete from identity_provider
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }
}
