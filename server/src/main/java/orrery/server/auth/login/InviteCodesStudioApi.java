package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Needs;
import orrery.kit.http.On;
import orrery.kit.http.Place;
import orrery.server.surface.Studio;
import org.jspecify.annotations.Nullable;

/// The invite code of the organization that one is in, for its admins.
@Path("/v1/api/settings")
@RunOnVirtualThread
@On(Studio.class)
public final class InviteCodesStudioApi {
    private final InviteCodes codes;

    record Code(String inviteCode) {}

    record Setting(boolean regenerateAfterSignup, String inviteCode) {}

    /// @param regenerateAfterSignup absent means no, as the family has it
    record Change(@Nullable Boolean regenerateAfterSignup) {}

    record Changed(boolean regenerateAfterSignup) {}

    public InviteCodesStudioApi(InviteCodes codes) {
        this.codes = codes;
    }

    @GET
    @Path("/invite-code")
    @Needs(value = "org.settings.get", in = Place.HOME_ORGANIZATION)
    public Answer<Code> get(@Context Grant grant) {
        return Answer.ok(new Code(codes.get(grant).code()));
    }

    @POST
    @Path("/generate-invite-code")
    @Needs(value = "org.settings.update", in = Place.HOME_ORGANIZATION)
    public Answer<Code> renew(@Context Grant grant) {
        return Answer.ok(new Code(codes.renew(grant).code()));
    }

    @GET
    @Path("/regenerate-setting")
    @Needs(value = "org.settings.get", in = Place.HOME_ORGANIZATION)
    public Answer<Setting> setting(@Context Grant grant) {
        var setting = codes.get(grant);
        return Answer.ok(new Setting(setting.singleUse(), setting.code()));
    }

    @PUT
    @Path("/regenerate-setting")
    @Needs(value = "org.settings.update", in = Place.HOME_ORGANIZATION)
    public Answer<Changed> change(@Context Grant grant, Change change) {
        var singleUse = Boolean.TRUE.equals(change.regenerateAfterSignup());
        return Answer.ok(new Changed(codes.change(grant, singleUse).singleUse()));
    }
}
