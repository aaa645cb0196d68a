package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Query;
import orrery.server.auth.federation.Federation;
import orrery.server.auth.federation.FlowCookie;
import orrery.server.auth.federation.Outcome;
import orrery.server.auth.federation.Purpose;
import orrery.server.auth.federation.Refusal;
import orrery.server.auth.openid.Authorizing.Come;
import orrery.server.auth.openid.SignedIn.Entered;
import orrery.server.auth.session.SessionCookie;
import orrery.server.surface.Cloud;

/// Where other providers send people back to, each to an address of its own; the bare one is for
/// those that say in the answer who they are (RFC 9207).
@Path("/v1/regions/global/auth/callback")
@Produces("text/html")
@RunOnVirtualThread
@On(Cloud.class)
public final class CallbackApi {
    private final Federation federation;
    private final FlowCookie flows;
    private final SignedIn signedIn;
    private final SecondSteps seconds;
    private final Authorizing authorizing;
    private final DeviceApi devices;
    private final SessionCookie cookie;

    public CallbackApi(
            Federation federation, FlowCookie flows, SignedIn signedIn, SecondSteps seconds,
            Authorizing authorizing, DeviceApi devices, SessionCookie cookie) {
        this.federation = federation;
        this.flows = flows;
        this.signedIn = signedIn;
        this.seconds = seconds;
        this.authorizing = authorizing;
        this.devices = devices;
        this.cookie = cookie;
    }

    @GET
    @Path("/{provider}")
    @Open
    public Answer<?> callback(
            @Context Grant grant, @PathParam("provider") String provider, @Context Query query,
            @Context HttpHeaders headers,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @HeaderParam("User-Agent") @Nullable String agent) {
        return come(grant, provider, query, headers, session, agent);
    }

    @GET
    @Open
    public Answer<?> callback(
            @Context Grant grant, @Context Query query, @Context HttpHeaders headers,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @HeaderParam("User-Agent") @Nullable String agent) {
        return query.has("iss") ? come(grant, null, query, headers, session, agent)
                : failed(grant, new Outcome.Failed<>(null, Refusal.Reason.STATE));
    }

    private Answer<?> come(
            Grant grant, @Nullable String provider, Query query, HttpHeaders headers,
            @Nullable String session, @Nullable String agent) {
        var answer = new HashMap<String, String>();
        query.parameters().forEach((name, values) -> {
            // One that comes twice counts for neither value.
            if (values.size() == 1) {
                answer.put(name, values.getFirst());
            }
        });
        var outcome = federation.<Entered>complete(grant,
                new Federation.Returned(provider, answer, flows.of(headers)),
                (tx, arrival) -> signedIn.enter(
                        tx, session, agent, arrival.user(), arrival.entry()));
        return switch (outcome) {
            case Outcome.Entered<Entered> entered -> entered(grant, entered)
                    .cookie(cookie.set(entered.opened().cookie())).cookie(flows.clear());
            case Outcome.Halfway<Entered> halfway ->
                more(grant, halfway).cookie(flows.clear());
            case Outcome.Linked<Entered> _ -> Screens.message(200, "Linked",
                    "From now on you can sign in that way too.").cookie(flows.clear());
            case Outcome.Failed<Entered> failed -> failed(grant, failed).cookie(flows.clear());
        };
    }

    private Answer<?> entered(Grant grant, Outcome.Entered<Entered> entered) {
        var person = entered.opened().person();
        return switch (entered.purpose()) {
            case Purpose.Application asked -> authorizing.answer(grant,
                    Authorizing.query(asked.parameters()), person, asked.browser(),
                    Come.SIGNED_IN);
            case Purpose.Device asked -> devices.ask(
                    grant, person, asked.userCode(), asked.browser());
            // Those have other addresses to come back to, or open no session.
            case Purpose.Studio _, Purpose.Link _ -> Screens.message(
                    200, "Signed in", "You may close this page.");
        };
    }

    private Answer<?> more(Grant grant, Outcome.Halfway<Entered> come) {
        var arrival = come.arrival();
        var halfway = signedIn.halfway(arrival.user(), arrival.entry(), come.isBare());
        return switch (arrival.purpose()) {
            case Purpose.Application asked -> seconds.ask(grant, SecondSteps.SIGN_IN,
                    seconds.page(Interaction.Purpose.SECOND_STEP, asked.parameters(),
                            asked.browser(), halfway), asked.browser(), null);
            case Purpose.Device asked -> seconds.ask(grant, SecondSteps.DEVICE,
                    seconds.page(Interaction.Purpose.DEVICE_SECOND_STEP,
                            AuthorizeApi.codeOnly(asked.userCode()), asked.browser(), halfway),
                    asked.browser(), null);
            case Purpose.Studio _, Purpose.Link _ -> throw new IllegalStateException(
                    "those have other addresses to come back to, or sign nobody in");
        };
    }

    private Answer<?> failed(Grant grant, Outcome.Failed<Entered> failed) {
        var sentence = failed.reason().sentence();
        return switch (failed.purpose()) {
            case Purpose.Application asked -> authorizing.signInAgain(grant,
                    Authorizing.query(asked.parameters()), asked.browser(), null, sentence)
                    .status(400);
            case Purpose.Device asked -> devices.signIn(
                    grant, asked.userCode(), asked.browser(), null, sentence).status(400);
            case null, default -> Screens.message(400, "Not signed in", sentence);
        };
    }
}
