package orrery.server.auth.factor;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.surface.Cloud;

/// Second factors of other people, which administrators take away from who has lost them.
@Path("/v1/regions/global/iam/users/{user}/factors")
@RunOnVirtualThread
@On(Cloud.class)
public final class MemberFactorsApi {
    private final MemberFactors factors;

    public MemberFactorsApi(MemberFactors factors) {
        this.factors = factors;
    }

    /// Takes all away, and signs the person out everywhere. The account must live in the
    /// organization: it is one for all of its organizations.
    @DELETE
    @Needs(value = "iam.users.update", in = Place.TENANT)
    public Answer<Void> remove(@Context Grant grant, @PathParam("user") String key) {
        factors.remove(grant, key);
        return Answer.none();
    }
}
