package orrery.server.compute.instance;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Path;
import orrery.kit.http.On;
import orrery.server.surface.Cloud;

/// The same under a path without a project.
@Path("/v1/regions/{region}/compute/addresses")
@On(Cloud.class)
@RunOnVirtualThread
public final class ExternalAddressesShortApi extends ExternalAddressesApi {
    ExternalAddressesShortApi(ExternalAddresses addresses) {
        super(addresses);
    }
}
