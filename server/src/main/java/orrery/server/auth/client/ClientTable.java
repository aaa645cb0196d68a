package orrery.server.auth.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.http.Listing;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Reach;

final class ClientTable {
    /// @param old still counts until `oldUntil`, after a rotation
    record Hashes(
            byte @Nullable [] secretHash, byte @Nullable [] oldSecretHash,
            @Nullable Instant oldSecretUntil) {}

    private static final String COLUMNS = """
            id, organization_id, name, display_name, description, authentication, redirect_uris,
              post_logout_redirect_uris, grant_types, scopes, require_pkce, jwks, state,
              created_by, version, created_at, updated_at""";

    private static final Listing<Client> LIST = Listing.of(
            Client.class, "clients", COLUMNS, """
            oauth_client
            where (:everywhere or organization_id = any(:organizations))""")
            .time("updatedAt").text("name", "organizationId", "createdBy")
            .oneOf("state", Client.State.class).searching("name", "displayName");

    Page<Client> list(Tx tx, Paging paging, PageAsk ask, Reach reach) {
        return LIST.page(tx, paging, ask, reach.bound());
    }

    private static final String INSERT = """
            insert into oauth_client (id, organization_id, name, display_name, description,
                                      authentication, redirect_uris, post_logout_redirect_uris,
                                      grant_types, scopes, require_pkce, jwks, secret_hash,
                                      created_by, created_at, updated_at, web_origins)
            values (:id, :organization, :name, :displayName, :description, :authentication,
                    :redirects, :logouts, :grants, :scopes, :pkce, :jwks::jsonb, :hash, :by,
                    :at, :at, :origins)
            on conflict (organization_id, name) do nothing""";

    /// Whether the name was free.
    boolean insert(Tx tx, Client client, byte @Nullable [] hash) {
        return tx.handle().createUpdate(INSERT)
                .bind("id", client.id())
                .bind("organization", client.organizationId())
                .bind("name", client.name())
                .bind("displayName", client.displayName())
                .bind("description", client.description())
                .bind("authentication", client.authentication().name().toLowerCase(Locale.ROOT))
                .bindByType("redirects", array(client.redirectUris()), String[].class)
                .bindByType("logouts", array(client.postLogoutRedirectUris()), String[].class)
                .bindByType("origins", array(client.webOrigins()), String[].class)
                .bindByType("grants", array(client.grantTypes()), String[].class)
                .bindByType("scopes", array(client.scopes()), String[].class)
                .bind("pkce", client.requirePkce())
                .bind("jwks", text(client.jwks()))
                .bind("hash", hash)
                .bind("by", client.createdBy())
                .bind("at", client.createdAt())
                .execute() == 1;
    }

    private static final String FIND = """
            select client.*
            from oauth_client client
            join organization on organization.id = client.organization_id
              and organization.deleted_at is null
            where client.id = :id""";

    Optional<Client> find(Tx tx, String id) {
        return tx.handle().createQuery(FIND).bind("id", id).mapTo(Client.class).findOne();
    }

    private static final String HASHES = """
            select secret_hash, old_secret_hash, old_secret_until
            from oauth_client
            where id = :id""";

    Optional<Hashes> hashes(Tx tx, String id) {
        return tx.handle().createQuery(HASHES).bind("id", id).mapTo(Hashes.class).findOne();
    }

    private static final String COUNT = """
            select count(*)
            from oauth_client
            where organization_id = :organization""";

    long count(Tx tx, String organization) {
        return tx.handle().createQuery(COUNT).bind("organization", organization)
                .mapTo(long.class).one();
    }

    private static final String CHANGE = """
            update oauth_client
            set display_name = :displayName, description = :description,
                redirect_uris = :redirects, post_logout_redirect_uris = :logouts,
                grant_types = :grants, scopes = :scopes, require_pkce = :pkce,
                jwks = :jwks::jsonb, state = :state, web_origins = :origins, updated_at = :at,
                version = version + 1
            where id = :id and version = :version
            returning *""";

    /// Empty when somebody else was faster.
    Optional<Client> change(Tx tx, Client to, Instant at) {
        return tx.handle().createQuery(CHANGE)
                .bind("id", to.id())
                .bind("version", to.version())
                .bind("displayName", to.displayName())
                .bind("description", to.description())
                .bindByType("redirects", array(to.redirectUris()), String[].class)
                .bindByType("logouts", array(to.postLogoutRedirectUris()), String[].class)
                .bindByType("origins", array(to.webOrigins()), String[].class)
                .bindByType("grants", array(to.grantTypes()), String[].class)
                .bindByType("scopes", array(to.scopes()), String[].class)
                .bind("pkce", to.requirePkce())
                .bind("jwks", text(to.jwks()))
                .bind("state", to.state().name().toLowerCase(Locale.ROOT))
                .bind("at", at)
                .mapTo(Client.class).findOne();
    }

    private static final String IS_ORIGIN = """
            select exists (
                select 1
                from oauth_client client
                join organization on organization.id = client.organization_id
                  and organization.deleted_at is null
                where client.state = 'active' and client.web_origins @> array[:origin]::text[])""";

    boolean isOrigin(Tx tx, String origin) {
        return tx.handle().createQuery(IS_ORIGIN).bind("origin", origin)
                .mapTo(boolean.class).one();
    }

    private static final String ROTATE = """
            update oauth_client
            set old_secret_hash = secret_hash, old_secret_until = :oldUntil, secret_hash = :hash,
                updated_at = :at, version = version + 1
            where id = :id
            returning *""";

    Client rotate(Tx tx, String id, byte[] hash, Instant oldUntil, Instant at) {
        return tx.handle().createQuery(ROTATE)
                .bind("id", id).bind("hash", hash).bind("oldUntil", oldUntil).bind("at", at)
                .mapTo(Client.class).one();
    }

    private static final String DELETE = """
            delete from oauth_client
            where id = :id""";

    void delete(Tx tx, String id) {
        tx.handle().createUpdate(DELETE).bind("id", id).execute();
    }

    private static String[] array(Collection<String> texts) {
        return texts.stream().toArray(String[]::new);
    }

    private static @Nullable String text(@Nullable JsonNode jwks) {
        return jwks == null ? null : Json.write(jwks);
    }
}
