package orrery.server.compute.network;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import orrery.kit.Mistakes;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Internal;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Patch;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Networks as the cloud family shows them.
@Path("/v1/regions/{region}/projects/{project}/compute/networks")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class NetworksApi permits NetworksShortApi {
    private static final Permission UPDATE = new Permission("compute.networks.update");

    final Networks networks;
    private final Access access;

    public NetworksApi(Networks networks, Access access) {
        this.networks = networks;
        this.access = access;
    }

    /// A network.
    ///
    /// @param gateway for operators; `null` for all others
    /// @param vlanIds for operators; empty for all others
    /// @param subnets their identifiers
    public record View(
            String id,
            String name,
            String selfLink,
            @Nullable String displayName,
            @Nullable String description,
            String organizationId,
            String projectId,
            String region,
            Map<String, String> labels,
            String cidr,
            @Internal @Nullable String gateway,
            @Internal List<Integer> vlanIds,
            Network.Role role,
            Network.State state,
            List<String> subnets,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Network n, boolean isOperator) {
            return new View(n.id(), n.name(), "/v1/regions/" + n.region() + "/projects/"
                    + n.projectId() + "/compute/networks/" + n.id(),
                    n.displayName(), n.description(), n.organizationId(), n.projectId(),
                    n.region(), n.labels(), n.cidr(), isOperator ? n.gateway() : null,
                    isOperator ? n.vlanIds() : List.of(), n.role(), n.state(), n.subnets(),
                    n.version(), n.createdAt(), n.updatedAt(), n.deletedAt());
        }
    }

    /// The body of a POST.
    public record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            String cidr,
            Network.@Nullable Role role) {
        public New {
            input(name, displayName, description, labels, cidr, role);
        }

        NewNetwork input() {
            return input(name, displayName, description, labels, cidr, role);
        }

        private static NewNetwork input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels, String cidr,
                Network.@Nullable Role role) {
            return new NewNetwork(name, displayName, description,
                    labels == null ? Map.of() : labels, cidr,
                    role == null ? Network.Role.CUSTOM : role);
        }
    }

    /// The body of a PATCH. What is absent stays.
    ///
    /// @param gateway operators set it
    /// @param vlanIds operators set them
    public record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels,
            @Internal Patch<String> gateway,
            @Internal Patch<List<Integer>> vlanIds) {
        public Change {
            new Mistakes().unless(!(displayName.isAbsent() && description.isAbsent()
                    && labels.isAbsent() && gateway.isAbsent() && vlanIds.isAbsent()), "body",
                    "must change displayName, description, labels, gateway or vlanIds")
                    .orRefuse();
            changed(displayName.or(null), description.or(null), labels.or(null),
                    gateway.or(null), vlanIds.or(null));
        }

        boolean isOperators() {
            return !(gateway.isAbsent() && vlanIds.isAbsent());
        }

        Networks.Change of(Network old) {
            return changed(displayName.or(old.displayName()), description.or(old.description()),
                    labels.or(old.labels()), gateway.or(old.gateway()),
                    vlanIds.or(old.vlanIds()));
        }

        private static Networks.Change changed(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable String gateway, @Nullable List<Integer> vlanIds) {
            return new Networks.Change(displayName, description,
                    labels == null ? Map.of() : labels, gateway,
                    vlanIds == null ? List.of() : vlanIds);
        }
    }

    @GET
    @Needs(value = "compute.networks.list", in = Place.PROJECT)
    @Page.Of(NetworkTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(networks.list(grant, region, ask)
                .map(shown(grant)));
    }

    @POST
    @Needs(value = "compute.networks.create", in = Place.PROJECT)
    public Answer<View> create(
            @Context Grant grant, @Context Whereabouts where, New body) {
        var view = shown(grant).apply(networks.create(grant, where.region(), body.input()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @GET
    @Path("{network}")
    @Needs(value = "compute.networks.get", in = Place.PROJECT)
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("network") String network, @Context Deleted deleted) {
        var view = shown(grant).apply(networks.get(grant, region, network, deleted));
        return Answer.ok(view).version(view.version());
    }

    @PATCH
    @Path("{network}")
    @Needs(value = "compute.networks.update", in = Place.PROJECT)
    public Answer<View> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("network") String network,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        if (body.isOperators()) {
            access.require(grant.call(), UPDATE, Scope.PLATFORM);
        }
        var view = shown(grant).apply(networks.change(
                grant, region, network, body::of, IfMatch.version(expected)));
        return Answer.ok(view).version(view.version());
    }

    @DELETE
    @Path("{network}")
    @Needs(value = "compute.networks.delete", in = Place.PROJECT)
    public Answer<Void> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("network") String network,
            @HeaderParam("If-Match") @Nullable String expected) {
        networks.delete(grant, region, network, IfMatch.version(expected));
        return Answer.none();
    }

    /// How this caller sees networks.
    final Function<Network, View> shown(Grant grant) {
        boolean isOperator = access.allows(grant.call(), UPDATE, Scope.PLATFORM);
        return network -> View.of(network, isOperator);
    }
}
