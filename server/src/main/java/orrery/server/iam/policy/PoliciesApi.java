package orrery.server.iam.policy;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import orrery.kit.http.Tenant;
import orrery.server.surface.Cloud;

/// Who holds which role where, as the cloud family shows it. A policy never changes: it is deleted
/// and made anew.
@Path("/v1/regions/global/iam/policies")
@RunOnVirtualThread
@On(Cloud.class)
public final class PoliciesApi {
    private static final String PATH = "/v1/regions/global/iam/policies/";
    private static final String CREATE = "iam.policies.create";

    private final Bindings bindings;
    private final Access access;
    private final Places places;
    private final Tenant tenant;

    enum Type {
        USER("user"),
        GROUP("group"),
        @JsonProperty("serviceAccount") SERVICE_ACCOUNT("service_account"),
        /// Everybody who belongs to the organization; made by a project's visibility.
        MEMBERS("members");

        private final String kind;

        Type(String kind) {
            this.kind = kind;
        }
    }

    enum Level { PLATFORM, ORG, PROJECT, RESOURCE }

    record Who(Type type, String id) {}

    /// @param resource identifier of the project or the resource; left out for an organization
    record Where(Level type, @Nullable String resource) {}

    /// @param role the role's name
    record View(
            String id,
            String selfLink,
            String role,
            Who principal,
            Where scope,
            @Nullable String organizationId,
            String createdBy,
            Instant createdAt) {
        static View of(PolicyTable.Listed it) {
            return new View(it.id(), PATH + it.id(), it.roleName(),
                    new Who(type(it.principalKind()), it.principalId()),
                    new Where(Level.valueOf(it.scope().toUpperCase(Locale.ROOT)),
                            it.resource()),
                    it.organizationId(), it.createdBy(), it.createdAt());
        }

        private static Type type(String kind) {
            for (var type : Type.values()) {
                if (type.kind.equals(kind)) {
                    return type;
                }
            }
            throw new IllegalStateException("no kind of principal: " + kind);
        }
    }

    /// @param role identifier or name
    /// @param orgId the organization; the caller's own when it is left out
    record New(String role, Who principal, Where scope, @Nullable String orgId) {
        New {
            new Mistakes()
                    .check("principal.type", principal == null ? null : principal.type(),
                            type -> type != Type.MEMBERS, "must be user, group or serviceAccount")
                    .check("scope.resource", scope,
                            it -> it.type() == null || it.resource() != null
                                    || it.type() == Level.ORG || it.type() == Level.PLATFORM,
                            "is required for this type of scope")
                    .check("scope.resource", scope, it -> it.type() == null
                                    || it.resource() == null || it.type() == Level.PROJECT
                                    || it.type() == Level.RESOURCE,
                            "must be left out for this type of scope")
                    .orRefuse();
        }
    }

    public PoliciesApi(Bindings bindings, Access access, Places places, Tenant tenant) {
        this.bindings = bindings;
        this.access = access;
        this.places = places;
        this.tenant = tenant;
    }

    @GET
    @Needs(value = "iam.policies.list", in = Place.TENANT)
    @Page.Of(PolicyTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask) {
        return Answer.page(bindings.list(grant, ask).map(View::of));
    }

    @POST
    @Own
    public Answer<View> create(@Context Grant caller, New asked) {
        var grant = place(caller, asked);
        var made = bindings.create(grant, asked.role(),
                Policy.Holders.of(asked.principal().type().kind, asked.principal().id()));
        return Answer.created(View.of(bindings.get(grant, made.id())), PATH + made.id());
    }

    @GET
    @Path("/{policy}")
    @Needs(value = "iam.policies.get", in = Place.TENANT)
    public Answer<View> get(@Context Grant grant, @PathParam("policy") String id) {
        return Answer.ok(View.of(bindings.get(grant, id)));
    }

    @DELETE
    @Path("/{policy}")
    @Needs(value = "iam.policies.delete", in = Place.TENANT)
    public Answer<Void> delete(@Context Grant grant, @PathParam("policy") String id) {
        bindings.delete(grant, id);
        return Answer.none();
    }

    private Grant place(Grant caller, New asked) {
        var resource = asked.scope().resource() == null ? "" : asked.scope().resource();
        return switch (asked.scope().type()) {
            case PLATFORM -> tenant.require(caller, CREATE, "*");
            case ORG -> tenant.require(caller, CREATE, asked.orgId());
            case PROJECT -> access.require(caller.call(), new Permission(CREATE), places.find(
                    caller.call(), Place.PROJECT, Map.of("project", resource)));
            case RESOURCE -> access.require(caller.call(), new Permission(CREATE), places.find(
                    caller.call(), Place.RESOURCE, Map.of("resource", resource)));
        };
    }
}
