package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.FromAnyPage;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Query;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.login.SignIns;
import orrery.server.auth.openid.Authorizing.Come;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.session.SessionCookie;
import orrery.server.surface.OAuth;

/// Where clients send people (RFC 6749 3.1), and the pages that those see.
@Path("/oauth2")
@Produces("text/html")
@RunOnVirtualThread
@On(OAuth.class)
public final class AuthorizeApi {
    private static final int LONGEST_QUERY = 7_000;

    private final Authorizing authorizing;
    private final SignedIn signedIn;
    private final SecondSteps seconds;
    private final Interactions interactions;
    private final SessionCookie cookie;

    public AuthorizeApi(
            Authorizing authorizing, SignedIn signedIn, SecondSteps seconds,
            Interactions interactions, SessionCookie cookie) {
        this.authorizing = authorizing;
        this.signedIn = signedIn;
        this.seconds = seconds;
        this.interactions = interactions;
        this.cookie = cookie;
    }

    @GET
    @Path("/authorize")
    @Open
    public Answer<?> authorize(
            @Context Grant grant, @Context Query query,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        return authorizing.answer(grant, query.parameters(),
                signedIn.now(grant, session).orElse(null), interactions.browser(browser),
                Come.NEW);
    }

    /// The same request, posted: it comes again by GET, with the browser's own cookies, which it
    /// does not send when another site posts.
    @POST
    @Path("/authorize")
    @Consumes(Form.TYPE)
    @Open
    @FromAnyPage
    public Answer<?> authorize(InputStream body) {
        return again("/oauth2/authorize", Form.read(body));
    }

    /// Has the browser ask the same by GET.
    static Answer<?> again(String path, Map<String, String> form) {
        var query = form.entrySet().stream()
                .map(one -> Target.encoded(one.getKey()) + "=" + Target.encoded(one.getValue()))
                .sorted().collect(Collectors.joining("&"));
        if (query.length() > LONGEST_QUERY) {
            throw new Problem.PayloadTooLarge(LONGEST_QUERY).raise();
        }
        return Answer.redirect(URI.create(path + "?" + query)).status(303)
                .header("Cache-Control", "no-store");
    }

    @POST
    @Path("/login")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> signIn(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser,
            @HeaderParam("User-Agent") @Nullable String agent) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.SIGN_IN, form.get("interaction"), browser)
                .orElse(null);
        if (from == null || browser == null) {
            return stale();
        }
        var name = form.getOrDefault("name", "");
        try {
            return switch (signedIn.enter(
                    grant, session, agent, name, form.getOrDefault("password", ""))) {
                case SignedIn.Entered it -> entered(grant, from, it, browser);
                case SignedIn.Halfway it -> second(grant, seconds.page(
                        Purpose.SECOND_STEP, from.parameters(), browser, it), browser, null);
            };
        } catch (Problem.Failure refusal) {
            return authorizing.signInAgain(
                    grant, from, browser, name, wrong(refusal)).status(status(refusal));
        }
    }

    @POST
    @Path("/login/second")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> second(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser,
            @HeaderParam("User-Agent") @Nullable String agent) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.SECOND_STEP, form.get("interaction"), browser)
                .orElse(null);
        var halfway = from == null ? null : from.halfway();
        if (from == null || halfway == null || browser == null) {
            return stale();
        }
        try {
            var shown = seconds.shown(
                    grant, halfway, form, signedIn.here(session, agent, halfway));
            return shown.recoveryCodes().isEmpty()
                    ? entered(grant, from, shown.opened(), browser)
                    : AccountScreens.enrolled(shown.recoveryCodes(), Authorizing.again(from))
                            .cookie(cookie.set(shown.opened().cookie()));
        } catch (Problem.Failure refusal) {
            return second(grant, from, browser, wrong(refusal)).status(status(refusal));
        }
    }

    @POST
    @Path("/login/passkey")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> passkey(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser,
            @HeaderParam("User-Agent") @Nullable String agent) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.SIGN_IN, form.get("interaction"), browser)
                .orElse(null);
        if (from == null || browser == null) {
            return stale();
        }
        try {
            return entered(grant, from, signedIn.byPasskey(grant, session, agent,
                    form.getOrDefault("challenge", ""), SecondSteps.credential(form)), browser);
        } catch (Problem.Failure refusal) {
            return authorizing.signInAgain(grant, from, browser, null, wrongPasskey(refusal))
                    .status(status(refusal));
        }
    }

    private Answer<?> entered(
            Grant grant, Interaction from, SignedIn.Entered entered, String browser) {
        return authorizing.answer(grant, Authorizing.query(from), entered.person(), browser,
                Come.SIGNED_IN).header("Set-Cookie", cookie.set(entered.cookie()));
    }

    private Answer<?> second(
            Grant grant, Interaction from, String browser, @Nullable String wrong) {
        return seconds.ask(grant, SecondSteps.SIGN_IN, from, browser, wrong);
    }

    @POST
    @Path("/consent")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> consent(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.CONSENT, form.get("interaction"), browser)
                .orElse(null);
        var person = signedIn.now(grant, session).orElse(null);
        if (from == null || browser == null || person == null
                || !person.session().id().equals(from.session())) {
            return stale();
        }
        return switch (form.getOrDefault("answer", "")) {
            case "allow" -> authorizing.answer(
                    grant, Authorizing.query(from), person, browser, Come.ASKED);
            case "switch" -> authorizing.signInAgain(grant, from, browser, null, null);
            default -> authorizing.denied(grant, from);
        };
    }

    /// What a person is told of a passkey that signed nobody in.
    static String wrongPasskey(Problem.Failure refusal) {
        return refusal.problem() instanceof Problem.Unauthenticated
                ? "The passkey is not known here." : wrong(refusal);
    }

    /// What a person is told of a sign-in that failed.
    static String wrong(Problem.Failure refusal) {
        return switch (refusal.problem()) {
            case Problem.Unauthenticated p -> SignIns.isAboutCode(p) ? p.cause() + "."
                    : "The name or the password is wrong.";
            case Problem.RateLimited p -> "Too many attempts. Try again in "
                    + Math.max(1, p.retryAfter().toSeconds()) + " seconds.";
            case Problem.Unprocessable p -> "The " + p.mistakes().getFirst().field() + " "
                    + p.mistakes().getFirst().message() + ".";
            case Problem.Refused _ -> Sentences.of(refusal.problem());
            case Problem.Unavailable _ -> "Too many sign in just now. Try again in a moment.";
            default -> throw refusal;
        };
    }

    static int status(Problem.Failure refusal) {
        return switch (refusal.problem()) {
            case Problem.Refused _ -> 403;
            case Problem.RateLimited _ -> 429;
            case Problem.Unavailable _ -> 503;
            default -> 400;
        };
    }

    static Answer<?> stale() {
        return Screens.message(400, "This page is too old",
                "It was open for long, or was sent by another browser. Go back to the application"
                        + " that you came from and sign in there again.");
    }

    static Map<String, String> codeOnly(@Nullable String code) {
        return code == null ? Map.of() : Map.of("user_code", code);
    }
}
