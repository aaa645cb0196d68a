package orrery.server.compute.address;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.server.surface.Cloud;

/// The same addresses under a path without a project: lists span all that the caller may list.
@Path("/v1/regions/{region}/compute/addresses")
@On(Cloud.class)
@RunOnVirtualThread
public final class AddressesShortApi extends AddressesApi {
    AddressesShortApi(Addresses addresses) {
        super(addresses);
    }

    @Override
    @GET
    @Own
    @Page.Of(AddressTable.class)
    public Answer<Page<View>> list(@Context Grant grant, @Context PageAsk ask,
            @PathParam("region") String region) {
        return Answer.page(addresses.everywhere(grant, region, ask).map(View::of));
    }
}
