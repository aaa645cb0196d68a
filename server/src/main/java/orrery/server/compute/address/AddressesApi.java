package orrery.server.compute.address;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Deleted;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Place;
import orrery.kit.http.Whereabouts;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Addresses as the cloud family shows them. What one has cannot be changed: it is released, and
/// another taken.
@Path("/v1/regions/{region}/projects/{project}/compute/addresses")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class AddressesApi permits AddressesShortApi {
    final Addresses addresses;

    public AddressesApi(Addresses addresses) {
        this.addresses = addresses;
    }

    /// What uses an address; both are `null` when nothing does.
    public record Attached(@Nullable String kind, @Nullable String id) {}

    /// An address.
    ///
    /// @param network identifier; `null` for an external one
    /// @param subnetwork identifier of the subnet that it is taken from
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
            String ipAddress,
            Address.Version ipVersion,
            Address.Type addressType,
            @Nullable String network,
            String subnetwork,
            Address.State state,
            Attached attachedTo,
            long version,
            Instant createdAt,
            Instant updatedAt,
            @Nullable Instant deletedAt) {
        public static View of(Address a) {
            return new View(a.id(), a.name(), "/v1/regions/" + a.region() + "/projects/"
                    + a.projectId() + "/compute/addresses/" + a.id(), a.displayName(),
                    a.description(), a.organizationId(), a.projectId(), a.region(), a.labels(),
                    a.ipAddress(), a.ipVersion(), a.addressType(), a.networkId(), a.subnetId(),
                    a.state(), new Attached(a.attachedKind(), a.attachedTo()), a.version(),
                    a.createdAt(), a.updatedAt(), a.deletedAt());
        }
    }

    /// The body of a POST.
    ///
    /// @param ipAddress for `INTERNAL` ones; any that is free when absent
    /// @param addressType `EXTERNAL` when absent
    /// @param network identifier or name, for `INTERNAL` ones
    /// @param subnetwork identifier or name of a subnet, for `INTERNAL` ones
    public record New(
            @Nullable String name,
            @Nullable String displayName,
            @Nullable String description,
            @Nullable Map<String, String> labels,
            @Nullable String ipAddress,
            Address.@Nullable Version ipVersion,
            Address.@Nullable Type addressType,
            @Nullable String network,
            @Nullable String subnetwork) {
        public New {
            input(name, displayName, description, labels, ipAddress, ipVersion, addressType,
                    network, subnetwork);
        }

        NewAddress input() {
            return input(name, displayName, description, labels, ipAddress, ipVersion,
                    addressType, network, subnetwork);
        }

        private static NewAddress input(@Nullable String name, @Nullable String displayName,
                @Nullable String description, @Nullable Map<String, String> labels,
                @Nullable String ipAddress, Address.@Nullable Version ipVersion,
                Address.@Nullable Type addressType, @Nullable String network,
                @Nullable String subnetwork) {
            return new NewAddress(name, displayName, description,
                    labels == null ? Map.of() : labels,
                    addressType == null ? Address.Type.EXTERNAL : addressType, ipAddress,
                    ipVersion, network, subnetwork);
        }
    }

    @GET
    @Needs(value = "compute.addresses.list", in = Place.PROJECT)
    @Page.Of(AddressTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(addresses.list(grant, region, ask).map(View::of));
    }

    @POST
    @Needs(value = "compute.addresses.create", in = Place.PROJECT)
    public Answer<View> allocate(
            @Context Grant grant, @Context Whereabouts where, New body) {
        var view = View.of(addresses.allocate(grant, where.region(), body.input()));
        return Answer.created(view, view.selfLink()).version(view.version());
    }

    @GET
    @Path("{address}")
    @Needs(value = "compute.addresses.get", in = Place.PROJECT)
    public Answer<View> get(@Context Grant grant, @PathParam("region") String region,
            @PathParam("address") String address, @Context Deleted deleted) {
        var found = addresses.get(grant, region, address, deleted);
        return Answer.ok(View.of(found)).version(found.version());
    }

    @DELETE
    @Path("{address}")
    @Needs(value = "compute.addresses.delete", in = Place.PROJECT)
    public Answer<Void> release(@Context Grant grant, @PathParam("region") String region,
            @PathParam("address") String address,
            @HeaderParam("If-Match") @Nullable String expected) {
        addresses.release(grant, region, address, IfMatch.version(expected));
        return Answer.none();
    }
}
