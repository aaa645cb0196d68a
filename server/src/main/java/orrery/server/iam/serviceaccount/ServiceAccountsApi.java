package orrery.server.iam.serviceaccount;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.Future;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.kit.http.Tenant;
import orrery.server.iam.serviceaccount.ServiceAccount.Credential;
import orrery.server.surface.Cloud;

/// Service accounts and their credentials, as the cloud family shows them.
@Path("/v1/regions/global/iam/service-accounts")
@RunOnVirtualThread
@On(Cloud.class)
public final class ServiceAccountsApi {
    private static final String PATH = "/v1/regions/global/iam/service-accounts/";
    private static final String CREATE = "iam.serviceaccounts.create";
    private static final int MOST_ROLES = 50;

    private final ServiceAccounts accounts;
    private final Access access;
    private final Places places;
    private final Tenant tenant;
    private final Clock clock;

    enum Level { ORGANIZATION, PROJECT }

    record View(
            String id,
            String name,
            String selfLink,
            String displayName,
            @Nullable String description,
            String organizationId,
            String clientId,
            Level scope,
            String scopeId,
            List<String> roles,
            ServiceAccount.State status,
            int activeCredentialCount,
            String createdBy,
            long version,
            Instant createdAt,
            Instant updatedAt) {
        static View of(ServiceAccount it) {
            return new View(it.id(), it.name(), PATH + it.id(), it.displayName(),
                    it.description(), it.organizationId(), it.clientId(),
                    it.projectId() == null ? Level.ORGANIZATION : Level.PROJECT,
                    it.projectId() == null ? it.organizationId() : it.projectId(), it.roles(),
                    it.state(), it.activeCredentialCount(), it.createdBy(), it.version(),
                    it.createdAt(), it.updatedAt());
        }
    }

    /// @param scopeId identifier or name of the organization or project that it works in
    record New(
            @Nullable String name,
            String displayName,
            @Nullable String description,
            Level scope,
            String scopeId,
            @Nullable Set<String> roles) {
        New {
            Naming.check(new Mistakes(), name, displayName, description)
                    .check("roles", roles, it -> it.size() <= MOST_ROLES,
                            "must be at most " + MOST_ROLES)
                    .orRefuse();
        }
    }

    record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Set<String>> roles,
            Patch<ServiceAccount.State> status) {
        Change {
            Naming.check(new Mistakes(), null, displayName.or(null), description.or(null))
                    .unless(!displayName.isAbsent() || !description.isAbsent()
                                    || !roles.isAbsent() || !status.isAbsent(),
                            "body", "must change displayName, description, roles or status")
                    .unless(!(displayName instanceof Patch.Clear), "displayName",
                            "cannot be cleared")
                    .unless(!(status instanceof Patch.Clear), "status", "cannot be cleared")
                    .check("roles", roles.or(null), it -> it.size() <= MOST_ROLES,
                            "must be at most " + MOST_ROLES)
                    .orRefuse();
        }
    }

    record NewCredential(@Nullable @Future Instant expiresAt) {}

    /// @param clientSecret only where it was made
    record CredentialView(
            String id,
            String selfLink,
            String serviceAccountId,
            Credential.Status status,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt,
            @Nullable String lastUsedIp,
            String createdBy,
            Instant createdAt) {}

    record CredentialWithSecret(
            String id,
            String selfLink,
            String serviceAccountId,
            Credential.Status status,
            @Nullable Instant expiresAt,
            String createdBy,
            Instant createdAt,
            String clientSecret) {}

    public ServiceAccountsApi(ServiceAccounts accounts, Access access, Places places,
            Tenant tenant, Clock clock) {
        this.accounts = accounts;
        this.access = access;
        this.places = places;
        this.tenant = tenant;
        this.clock = clock;
    }

    @GET
    @Needs(value = "iam.serviceaccounts.list", in = Place.TENANT)
    @Page.Of(ServiceAccountTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(accounts.list(grant, ask).map(View::of));
    }

    @POST
    @Own
    public Answer<View> create(@Context Grant caller, New asked) {
        var grant = switch (asked.scope()) {
            case ORGANIZATION -> tenant.require(caller, CREATE, asked.scopeId());
            case PROJECT -> access.require(caller.call(), new Permission(CREATE), places.find(
                    caller.call(), Place.PROJECT, Map.of("project", asked.scopeId())));
        };
        var made = accounts.create(grant, new ServiceAccount.New(asked.name(),
                asked.displayName(), asked.description(),
                asked.roles() == null ? Set.of() : asked.roles()));
        return Answer.created(View.of(made), PATH + made.id()).version(made.version());
    }

    @GET
    @Path("/{account}")
    @Needs(value = "iam.serviceaccounts.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @PathParam("account") String key) {
        var found = accounts.get(grant, key);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @PATCH
    @Path("/{account}")
    @Needs(value = "iam.serviceaccounts.update", in = Place.TENANT)
    public Answer<View> change(
            @Context Grant grant, @PathParam("account") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch, Change change) {
        var changed = accounts.change(grant, key, old -> {
            var name = change.displayName().or(old.displayName());
            var roles = change.roles().or(Set.copyOf(old.roles()));
            var state = change.status().or(old.state());
            return new ServiceAccount.Change(name == null ? old.displayName() : name,
                    change.description().or(old.description()),
                    roles == null ? Set.of() : roles, state == null ? old.state() : state);
        }, IfMatch.version(ifMatch));
        return Answer.ok(View.of(changed)).version(changed.version());
    }

    @DELETE
    @Path("/{account}")
    @Needs(value = "iam.serviceaccounts.delete", in = Place.TENANT)
    public Answer<Void> delete(
            @Context Grant grant, @PathParam("account") String key,
            @HeaderParam("If-Match") @Nullable String ifMatch) {
        accounts.delete(grant, key, IfMatch.version(ifMatch));
        return Answer.none();
    }

    @GET
    @Path("/{account}/credentials")
    @Needs(value = "iam.serviceaccounts.credentials.list", in = Place.TENANT)
    @Page.Of(CredentialTable.class)
    public Answer<Page<CredentialView>> credentials(
            @Context Grant grant, @PathParam("account") String key, @Context PageAsk ask) {
        return Answer.page(accounts.credentials(grant, key, ask).map(this::view));
    }

    @POST
    @Path("/{account}/credentials")
    @Needs(value = "iam.serviceaccounts.credentials.create", in = Place.TENANT)
    public Answer<CredentialWithSecret> addCredential(
            @Context Grant grant, @PathParam("account") String key, NewCredential asked) {
        var made = accounts.addCredential(grant, key, asked.expiresAt());
        var it = made.credential();
        return Answer.created(new CredentialWithSecret(it.id(), path(it), it.serviceAccountId(),
                        it.status(clock.instant()), it.expiresAt(), it.createdBy(),
                        it.createdAt(), made.secret()), path(it))
                .header("Cache-Control", "no-store");
    }

    @GET
    @Path("/{account}/credentials/{credential}")
    @Needs(value = "iam.serviceaccounts.credentials.get", in = Place.TENANT)
    public Answer<CredentialView> credential(
            @Context Grant grant, @PathParam("account") String key,
            @PathParam("credential") String id) {
        return Answer.ok(view(accounts.credential(grant, key, id)));
    }

    @DELETE
    @Path("/{account}/credentials/{credential}")
    @Needs(value = "iam.serviceaccounts.credentials.delete", in = Place.TENANT)
    public Answer<Void> deleteCredential(
            @Context Grant grant, @PathParam("account") String key,
            @PathParam("credential") String id) {
        accounts.deleteCredential(grant, key, id);
        return Answer.none();
    }

    private CredentialView view(Credential it) {
        return new CredentialView(it.id(), path(it), it.serviceAccountId(),
                it.status(clock.instant()), it.expiresAt(), it.lastUsedAt(),
                it.lastUsedAddress(), it.createdBy(), it.createdAt());
    }

    private static String path(Credential it) {
        return PATH + it.serviceAccountId() + "/credentials/" + it.id();
    }
}
