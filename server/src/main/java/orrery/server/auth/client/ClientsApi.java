package orrery.server.auth.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.server.auth.client.Client.Authentication;
import orrery.server.surface.Cloud;

/// The OAuth clients of organizations, as the cloud family shows them. The permission is asked for
/// where the client's organization is known.
@Path("/v1/regions/global/iam/clients")
@RunOnVirtualThread
@On(Cloud.class)
public final class ClientsApi {
    private static final String PATH = "/v1/regions/global/iam/clients/";
    private static final int LONGEST_GRACE = 300;
    private static final Permission CREATE = permission("create");
    private static final Permission LIST = permission("list");
    private static final Permission SEE = permission("get");
    private static final Permission UPDATE = permission("update");
    private static final Permission ROTATE = permission("rotate");
    private static final Permission REMOVE = permission("delete");

    private final Clients clients;
    private final Access access;
    private final Places places;

    /// @param clientId the same as `id`, under the name that OAuth has for it
    record View(
            String id,
            String clientId,
            String name,
            String selfLink,
            String organizationId,
            String displayName,
            @Nullable String description,
            Authentication authentication,
            List<String> redirectUris,
            List<String> postLogoutRedirectUris,
            List<String> grantTypes,
            List<String> scopes,
            boolean requirePkce,
            @Nullable JsonNode jwks,
            Client.State status,
            @Nullable String createdBy,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(Client it) {
            return new View(it.id(), it.id(), it.name(), PATH + it.id(),
                    String.valueOf(it.organizationId()), it.displayName(), it.description(),
                    it.authentication(), it.redirectUris(), it.postLogoutRedirectUris(),
                    it.grantTypes().stream().sorted().toList(),
                    it.scopes().stream().sorted().toList(), it.requirePkce(), it.jwks(),
                    it.state(), it.createdBy(), it.version(), it.createdAt(), it.updatedAt());
        }
    }

    /// @param clientSecret shown here and never again; `null` for a client without one
    record WithSecret(View client, @Nullable String clientSecret) {
        static WithSecret of(Client.WithSecret it) {
            return new WithSecret(View.of(it.client()), it.secret());
        }
    }

    /// @param organizationId identifier or name of the organization
    /// @param authentication `client_secret` when left out
    /// @param requirePkce `false` only for clients that prove who they are and cannot do PKCE
    /// @param jwks the client's public keys, for `private_key_jwt`
    record New(
            String organizationId,
            @Nullable String name,
            String displayName,
            @Nullable String description,
            @Nullable Authentication authentication,
            @Nullable List<String> redirectUris,
            @Nullable List<String> postLogoutRedirectUris,
            @Nullable Set<String> grantTypes,
            @Nullable Set<String> scopes,
            @Nullable Boolean requirePkce,
            @Nullable Map<String, Object> jwks) {
        New {
            terms(name, displayName, description, authentication, redirectUris,
                    postLogoutRedirectUris, grantTypes, scopes, requirePkce, jwks);
        }

        ClientTerms terms() {
            return terms(name, displayName, description, authentication, redirectUris,
                    postLogoutRedirectUris, grantTypes, scopes, requirePkce, jwks);
        }

        private static ClientTerms terms(
                @Nullable String name, String displayName, @Nullable String description,
                @Nullable Authentication authentication, @Nullable List<String> redirectUris,
                @Nullable List<String> logoutUris, @Nullable Set<String> grantTypes,
                @Nullable Set<String> scopes, @Nullable Boolean requirePkce,
                @Nullable Map<String, Object> jwks) {
            return new ClientTerms(name, displayName, description,
                    or(authentication, Authentication.CLIENT_SECRET),
                    or(redirectUris, List.of()), or(logoutUris, List.of()),
                    or(grantTypes, Set.of(Client.CODE, Client.REFRESH)),
                    or(scopes, grantTypes == null || grantTypes.contains(Client.REFRESH)
                            ? Set.of(Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL, Scopes.OFFLINE)
                            : Set.of(Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL)),
                    or(requirePkce, true), jwks);
        }
    }

    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<List<String>> redirectUris,
            Patch<List<String>> postLogoutRedirectUris,
            Patch<Set<String>> grantTypes,
            Patch<Set<String>> scopes,
            Patch<Boolean> requirePkce,
            Patch<Map<String, Object>> jwks,
            Patch<Client.State> status) {
        Change {
            new Mistakes().unless(List.of(displayName, description, redirectUris,
                            postLogoutRedirectUris, grantTypes, scopes, requirePkce, jwks, status)
                            .stream().anyMatch(patch -> !patch.isAbsent()),
                    "body", "must change something").orRefuse();
        }

        ClientTerms of(Client old) {
            return new ClientTerms(null, or(displayName.or(old.displayName()), ""),
                    description.or(old.description()), old.authentication(),
                    or(redirectUris.or(old.redirectUris()), List.of()),
                    or(postLogoutRedirectUris.or(old.postLogoutRedirectUris()), List.of()),
                    or(grantTypes.or(old.grantTypes()), Set.of()),
                    or(scopes.or(old.scopes()), Set.of()),
                    or(requirePkce.or(old.requirePkce()), true), jwks.or(old.jwksAsMap()));
        }
    }

    record Rotate(@Nullable Integer gracePeriodSeconds) {
        Rotate {
            new Mistakes().check("gracePeriodSeconds", gracePeriodSeconds,
                    it -> it >= 0 && it <= LONGEST_GRACE,
                    "must be from 0 to " + LONGEST_GRACE).orRefuse();
        }
    }

    public ClientsApi(Clients clients, Access access, Places places) {
        this.clients = clients;
        this.access = access;
        this.places = places;
    }

    @GET
    @Own
    @Page.Of(ClientTable.class)
    public Answer<Page<View>> list(
            @Context Grant grant, @Context PageAsk ask,
            @QueryParam("organizationId") @Nullable String organization) {
        var within = organization == null ? ask : ask.and("organizationId",
                in(grant, organization, LIST).scope().requireOrganization());
        return Answer.page(clients.list(grant, within).map(View::of));
    }

    @POST
    @Own
    public Answer<WithSecret> create(@Context Grant grant, New asked) {
        var made = clients.create(in(grant, asked.organizationId(), CREATE), asked.terms());
        return Answer.created(WithSecret.of(made), PATH + made.client().id())
                .version(made.client().version()).header("Cache-Control", "no-store");
    }

    @GET
    @Path("/{client}")
    @Own
    public Answer<View> get(@Context Grant grant, @PathParam("client") String id) {
        var found = clients.get(grant, id, SEE);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{client}")
    @Own
    public Answer<View> change(
            @Context Grant grant, @PathParam("client") String id,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        var old = clients.get(grant, id, UPDATE);
        var changed = clients.change(grant, old, change.of(old),
                or(change.status().or(old.state()), old.state()), IfMatch.version(ifMatch),
                UPDATE);
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @POST
    @Path("/{client}:rotate")
    @Own
    public Answer<WithSecret> rotate(
            @Context Grant grant, @PathParam("client") String id, Rotate asked) {
        var grace = or(asked.gracePeriodSeconds(), 0);
        var rotated = clients.rotate(grant, clients.get(grant, id, ROTATE),
                Duration.ofSeconds(grace), ROTATE);
        return Answer.ok(WithSecret.of(rotated)).header("Cache-Control", "no-store");
    }

    @DELETE
    @Path("/{client}")
    @Own
    public Answer<Void> delete(@Context Grant grant, @PathParam("client") String id) {
        clients.delete(grant, clients.get(grant, id, REMOVE), REMOVE);
        return Answer.none();
    }

    private Grant in(Grant grant, String organization, Permission permission) {
        return access.require(grant.call(), permission, places.find(
                grant.call(), Place.ORGANIZATION, Map.of("organization", organization)));
    }

    private static Permission permission(String verb) {
        return new Permission("iam.clients." + verb);
    }

    private static <T> T or(@Nullable T value, T other) {
        return Objects.requireNonNullElse(value, other);
    }
}
