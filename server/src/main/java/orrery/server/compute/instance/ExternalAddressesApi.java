package orrery.server.compute.instance;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.compute.address.Address;
import orrery.server.compute.address.AddressesApi;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// What machines do with public addresses, as the cloud family shows it.
@Path("/v1/regions/{region}/projects/{project}/compute/addresses")
@On(Cloud.class)
@RunOnVirtualThread
public sealed class ExternalAddressesApi permits ExternalAddressesShortApi {
    private final ExternalAddresses addresses;

    public ExternalAddressesApi(ExternalAddresses addresses) {
        this.addresses = addresses;
    }

    @POST
    @Path("{address}:attach")
    @Needs(value = "compute.addresses.operate", in = Place.PROJECT)
    public Answer<AddressesApi.View> attach(@Context Grant grant,
            @PathParam("region") String region, @PathParam("address") String address,
            @HeaderParam("If-Match") @Nullable String expected, AttachmentsApi.Attach body) {
        return shown(addresses.attach(
                grant, region, address, body.instanceId(), IfMatch.version(expected)));
    }

    @POST
    @Path("{address}:detach")
    @Needs(value = "compute.addresses.operate", in = Place.PROJECT)
    public Answer<AddressesApi.View> detach(@Context Grant grant,
            @PathParam("region") String region, @PathParam("address") String address,
            @HeaderParam("If-Match") @Nullable String expected) {
        return shown(addresses.detach(grant, region, address, IfMatch.version(expected)));
    }

    private static Answer<AddressesApi.View> shown(Address address) {
        return Answer.ok(AddressesApi.View.of(address)).version(address.version());
    }
}
