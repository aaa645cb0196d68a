package orrery.server.compute.subnet;

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
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
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
import orrery.kit.http.Places;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Subnets as the cloud family shows them: everybody looks at them, operators make them.
@Path("/v1/regions/{region}/projects/{project}/compute/subnets")
@On(Cloud.class)
@RunOnVirtualThread
public final class SubnetsApi {
    private final Subnets subnets;
    private final Access access;
    private final Places places;

    public SubnetsApi(Subnets subnets, Access access, Places places) {
        this.subnets = subnets;
        this.access = access;
        this.places = places;
    }

    /// A subnet.
    ///
    /// @param network identifier of the network that it is a part of; `null` for an external one
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
            Subnet.Role role,
            @Nullable String network,
            @Nullable String ipv4Cidr,
            @Nullable String ipv6Cidr,
            String state,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        static View of(Subnet s) {
            return new View(s.id(), s.name(), "/v1/regions/" + s.region() + "/projects/"
                    + s.projectId() + "/compute/subnets/" + s.id(), s.displayName(),
                    s.description(), s.organizationId(), s.projectId(), s.region(), s.labels(),
                    s.role(), s.networkId(), s.ipv4Cidr(), s.ipv6Cidr(),
                    s.deletedAt() == null ? "active" : "deleted", s.version(), s.createdAt(),
                    s.updatedAt(), s.deletedAt());
        }
    }

    /// The body of a POST.
    ///
    /// @param role `internal` when absent: a part of a network
    public record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            Subnet.@Nullable Role role,
            @Nullable String network,
            @Nullable String ipv4Cidr,
            @Nullable String ipv6Cidr) {
        public New {
            input(name, displayName, description, labels, role, network, ipv4Cidr, ipv6Cidr);
        }

        NewSubnet input() {
            return input(
                    name, displayName, description, labels, role, network, ipv4Cidr, ipv6Cidr);
        }

        private static NewSubnet input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                Subnet.@Nullable Role role, @Nullable String network, @Nullable String ipv4Cidr,
                @Nullable String ipv6Cidr) {
            return new NewSubnet(name, displayName, description,
                    labels == null ? Map.of() : labels,
                    role == null ? Subnet.Role.INTERNAL : role, network, ipv4Cidr, ipv6Cidr);
        }
    }

    /// The body of a PATCH. What is absent stays.
    public record Change(
            Patch<String> displayName,
            Patch<String> description,
            Patch<Map<String, String>> labels) {
        public Change {
            new Mistakes().unless(!(displayName.isAbsent() && description.isAbsent()
                    && labels.isAbsent()), "body",
                    "must change displayName, description or labels").orRefuse();
            changed(displayName.or(null), description.or(null), labels.or(null));
        }

        Subnets.Change of(Subnet old) {
            return changed(displayName.or(old.displayName()),
                    description.or(old.description()), labels.or(old.labels()));
        }

        private static Subnets.Change changed(@Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels) {
            return new Subnets.Change(
                    displayName, description, labels == null ? Map.of() : labels);
        }
    }

    @GET
    @Needs(value = "compute.subnets.list", in = Place.PROJECT)
    @Page.Of(SubnetTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(subnets.list(grant, region, ask).map(View::of));
    }

    @GET
    @Path("{subnet}")
    @Needs(value = "compute.subnets.get", in = Place.PROJECT)
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("subnet") String subnet, @Context Deleted deleted) {
        return shown(subnets.get(grant, region, subnet, deleted));
    }

    @POST
    @Internal
    @Needs(value = "compute.subnets.create", in = Place.PLATFORM)
    public Answer<View> create(@Context Grant grant, @PathParam("region") String region,
            @PathParam("project") String project, New body) {
        var view = View.of(subnets.create(in(grant, project), region, body.input()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @PATCH
    @Path("{subnet}")
    @Internal
    @Needs(value = "compute.subnets.update", in = Place.PLATFORM)
    public Answer<View> change(@Context Grant grant, @PathParam("region") String region,
            @PathParam("project") String project, @PathParam("subnet") String subnet,
            @HeaderParam("If-Match") @Nullable String expected, Change body) {
        return shown(subnets.change(
                in(grant, project), region, subnet, body::of, IfMatch.version(expected)));
    }

    @DELETE
    @Path("{subnet}")
    @Internal
    @Needs(value = "compute.subnets.delete", in = Place.PLATFORM)
    public Answer<Void> delete(@Context Grant grant, @PathParam("region") String region,
            @PathParam("project") String project, @PathParam("subnet") String subnet,
            @HeaderParam("If-Match") @Nullable String expected) {
        subnets.delete(in(grant, project), region, subnet, IfMatch.version(expected));
        return Answer.none();
    }

    /// The permission counts on the platform alone, and is used in the project of the path.
    private Grant in(Grant grant, String project) {
        return access.require(grant.call(), grant.permission(), places.find(
                grant.call(), Place.PROJECT, Map.of("project", project)));
    }

    private static Answer<View> shown(Subnet subnet) {
        return Answer.ok(View.of(subnet)).version(subnet.version());
    }
}
