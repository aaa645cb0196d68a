package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.federation.FlowCookie;
import orrery.server.auth.federation.StudioReturn;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.surface.OAuth;

/// Asks who came back to the studio from another provider for a second factor.
@Path(StudioReturn.SECOND)
@Produces("text/html")
@RunOnVirtualThread
@On(OAuth.class)
public final class StudioSecondApi {
    private final FlowCookie flows;
    private final Interactions interactions;
    private final SignedIn signedIn;
    private final SecondSteps seconds;
    private final StudioReturn studio;

    public StudioSecondApi(
            FlowCookie flows, Interactions interactions, SignedIn signedIn,
            SecondSteps seconds, StudioReturn studio) {
        this.flows = flows;
        this.interactions = interactions;
        this.signedIn = signedIn;
        this.seconds = seconds;
        this.studio = studio;
    }

    @GET
    @Open
    public Answer<?> ask(
            @Context Grant grant, @Context HttpHeaders headers,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var waiting = flows.waiting(flows.of(headers)).orElse(null);
        if (waiting == null) {
            return AuthorizeApi.stale();
        }
        var here = interactions.browser(browser);
        var halfway = signedIn.halfway(
                grant, waiting.user(), waiting.entry(), waiting.isBare());
        return seconds.ask(grant, StudioReturn.SECOND, seconds.page(
                Purpose.STUDIO_SECOND_STEP, Map.of(), here, halfway), here, null);
    }

    @POST
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> show(
            @Context Grant grant, InputStream body,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var form = Form.read(body);
        var from = interactions.open(
                Purpose.STUDIO_SECOND_STEP, form.get("interaction"), browser).orElse(null);
        var halfway = from == null ? null : from.halfway();
        if (from == null || halfway == null || browser == null) {
            return AuthorizeApi.stale();
        }
        try {
            // 303: the browser goes on by GET, without the code that it posted.
            var shown = seconds.shown(grant, halfway, form, (tx, user, proof) ->
                    studio.entered(tx, user, halfway.entry().with(proof)).status(303));
            // What is issued for the page is too old when the codes are written down.
            return shown.recoveryCodes().isEmpty() ? shown.opened()
                    : AccountScreens.enrolled(shown.recoveryCodes(), studio.start());
        } catch (Problem.Failure refusal) {
            return seconds.ask(grant, StudioReturn.SECOND, from, browser,
                            AuthorizeApi.wrong(refusal))
                    .status(AuthorizeApi.status(refusal));
        }
    }
}
