package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.federation.Purpose;
import orrery.server.surface.OAuth;

/// Where the sign-in pages send who chose another provider.
@Path(WaysIn.PATH)
@Produces("text/html")
@RunOnVirtualThread
@On(OAuth.class)
public final class ProviderSignInApi {
    private final WaysIn waysIn;
    private final Interactions interactions;
    private final Authorizing authorizing;
    private final DeviceApi devices;

    public ProviderSignInApi(
            WaysIn waysIn, Interactions interactions, Authorizing authorizing,
            DeviceApi devices) {
        this.waysIn = waysIn;
        this.interactions = interactions;
        this.authorizing = authorizing;
        this.devices = devices;
    }

    @POST
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> go(
            @Context Grant grant, InputStream body,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var form = Form.read(body);
        var sealed = form.get("interaction");
        var page = interactions.open(Interaction.Purpose.SIGN_IN, sealed, browser).orElse(null);
        var device = interactions.open(Interaction.Purpose.DEVICE_SIGN_IN, sealed, browser)
                .orElse(null);
        if (browser == null || page == null && device == null) {
            return AuthorizeApi.stale();
        }
        try {
            return go(grant, form, page != null
                    ? new Purpose.Application(page.parameters(), browser)
                    : new Purpose.Device(device.parameters().get("user_code"), browser));
        } catch (Problem.Failure refusal) {
            var wrong = WaysIn.wrong(refusal);
            return (page != null ? authorizing.signInAgain(
                    grant, page, browser, form.get("email"), wrong)
                    : devices.signIn(grant, device.parameters().get("user_code"), browser,
                            form.get("email"), wrong)).status(400);
        }
    }

    private Answer<?> go(Grant grant, Map<String, String> form, Purpose purpose) {
        var provider = form.get(WaysIn.PROVIDER);
        return provider != null ? waysIn.go(grant, provider, null, purpose)
                : waysIn.goBy(grant, form.getOrDefault("email", ""), purpose);
    }
}
