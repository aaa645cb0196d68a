package orrery.server.auth.openid;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.client.Presented;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.exchange.DeviceCodes;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.login.Lockout;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.openid.SignedIn.Person;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.token.AccessTokens;
import orrery.server.surface.OAuth;

/// Sign-in of devices without a browser (RFC 8628): where the device begins, and the pages on which
/// its person types the code.
@Path("/oauth2")
@RunOnVirtualThread
@On(OAuth.class)
public final class DeviceApi {
    private static final String PAGE = "/oauth2/device";
    private static final String SIGN_IN = "/oauth2/device/login";
    private static final String PASSKEY = "/oauth2/device/login/passkey";
    private static final String CODE = "user_code";

    private final Database database;
    private final DeviceCodes codes;
    private final SignedIn signedIn;
    private final SecondSteps seconds;
    private final Interactions interactions;
    private final SessionCookie cookie;
    private final WaysIn waysIn;
    private final Lockout lockout;
    private final String issuer;

    record View(
            @JsonProperty("device_code") String deviceCode,
            @JsonProperty("user_code") String userCode,
            @JsonProperty("verification_uri") String verificationUri,
            @JsonProperty("verification_uri_complete") String verificationUriComplete,
            @JsonProperty("expires_in") long expiresIn,
            long interval) {}

    public DeviceApi(
            Database database, DeviceCodes codes, SignedIn signedIn, SecondSteps seconds,
            Interactions interactions, SessionCookie cookie, WaysIn waysIn, Lockout lockout,
            AccessTokens tokens) {
        this.database = database;
        this.codes = codes;
        this.signedIn = signedIn;
        this.seconds = seconds;
        this.interactions = interactions;
        this.cookie = cookie;
        this.waysIn = waysIn;
        this.lockout = lockout;
        this.issuer = tokens.issuer();
    }

    @POST
    @Path("/device_authorization")
    @Consumes(Form.TYPE)
    @Open
    public Answer<View> begin(
            @Context Grant grant, @HeaderParam("Authorization") @Nullable String authorization,
            InputStream body) {
        var form = Form.read(body);
        var shown = Presented.read(authorization, new Presented.Fields(form.get("client_id"),
                form.get("client_secret"), form.get("client_assertion_type"),
                form.get("client_assertion")));
        var begun = codes.begin(grant, shown,
                Scopes.read(form.getOrDefault("scope", Scopes.OPENID)));
        var page = issuer + PAGE;
        return Answer.ok(new View(begun.deviceCode(), begun.userCode(), page,
                        page + "?" + CODE + "=" + begun.userCode(),
                        DeviceCodes.LIFE.toSeconds(), DeviceCodes.PAUSE.toSeconds()))
                .header("Cache-Control", "no-store");
    }

    @GET
    @Path("/device")
    @Produces("text/html")
    @Open
    public Answer<?> page(
            @Context Grant grant, @QueryParam(CODE) @Nullable String code,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var here = interactions.browser(browser);
        return signedIn.now(grant, session).<Answer<?>>map(person -> ask(grant, person, code, here))
                .orElseGet(() -> signIn(grant, code, here, null, null))
                .header("Set-Cookie", interactions.cookie(here));
    }

    @POST
    @Path("/device/login")
    @Consumes(Form.TYPE)
    @Produces("text/html")
    @Open
    public Answer<?> signIn(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser,
            @HeaderParam("User-Agent") @Nullable String agent) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.DEVICE_SIGN_IN, form.get("interaction"), browser)
                .orElse(null);
        if (from == null || browser == null) {
            return AuthorizeApi.stale();
        }
        var code = from.parameters().get(CODE);
        var name = form.getOrDefault("name", "");
        try {
            return switch (signedIn.enter(
                    grant, session, agent, name, form.getOrDefault("password", ""))) {
                case SignedIn.Entered it -> entered(grant, it, code, browser);
                case SignedIn.Halfway it -> second(grant, seconds.page(
                        Purpose.DEVICE_SECOND_STEP, from.parameters(), browser, it), browser,
                        null);
            };
        } catch (Problem.Failure refusal) {
            return signIn(grant, code, browser, name, AuthorizeApi.wrong(refusal))
                    .status(AuthorizeApi.status(refusal));
        }
    }

    @POST
    @Path("/device/login/second")
    @Consumes(Form.TYPE)
    @Produces("text/html")
    @Open
    public Answer<?> second(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser,
            @HeaderParam("User-Agent") @Nullable String agent) {
        var form = Form.read(body);
        var from = interactions.open(
                Purpose.DEVICE_SECOND_STEP, form.get("interaction"), browser).orElse(null);
        var halfway = from == null ? null : from.halfway();
        if (from == null || halfway == null || browser == null) {
            return AuthorizeApi.stale();
        }
        try {
            var code = from.parameters().get(CODE);
            var shown = seconds.shown(
                    grant, halfway, form, signedIn.here(session, agent, halfway));
            return shown.recoveryCodes().isEmpty()
                    ? entered(grant, shown.opened(), code, browser)
                    : AccountScreens.enrolled(shown.recoveryCodes(), page(code))
                            .cookie(cookie.set(shown.opened().cookie()));
        } catch (Problem.Failure refusal) {
            return second(grant, from, browser, AuthorizeApi.wrong(refusal))
                    .status(AuthorizeApi.status(refusal));
        }
    }

    @POST
    @Path("/device/login/passkey")
    @Consumes(Form.TYPE)
    @Produces("text/html")
    @Open
    public Answer<?> passkey(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser,
            @HeaderParam("User-Agent") @Nullable String agent) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.DEVICE_SIGN_IN, form.get("interaction"), browser)
                .orElse(null);
        if (from == null || browser == null) {
            return AuthorizeApi.stale();
        }
        var code = from.parameters().get(CODE);
        try {
            return entered(grant, signedIn.byPasskey(grant, session, agent,
                    form.getOrDefault("challenge", ""), SecondSteps.credential(form)), code,
                    browser);
        } catch (Problem.Failure refusal) {
            return signIn(grant, code, browser, null, AuthorizeApi.wrongPasskey(refusal))
                    .status(AuthorizeApi.status(refusal));
        }
    }

    private static String page(@Nullable String code) {
        return code == null ? PAGE : PAGE + "?" + CODE + "=" + Target.encoded(code);
    }

    private Answer<?> entered(
            Grant grant, SignedIn.Entered entered, @Nullable String code, String browser) {
        return ask(grant, entered.person(), code, browser)
                .header("Set-Cookie", cookie.set(entered.cookie()));
    }

    private Answer<?> second(
            Grant grant, Interaction from, String browser, @Nullable String wrong) {
        return seconds.ask(grant, SecondSteps.DEVICE, from, browser, wrong);
    }

    @POST
    @Path("/device")
    @Consumes(Form.TYPE)
    @Produces("text/html")
    @Open
    public Answer<?> answer(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.DEVICE, form.get("interaction"), browser)
                .orElse(null);
        var person = signedIn.now(grant, session).orElse(null);
        if (from == null || browser == null || person == null
                || !person.session().id().equals(from.session())) {
            return AuthorizeApi.stale();
        }
        var code = from.parameters().getOrDefault(CODE, "");
        return switch (form.getOrDefault("answer", "")) {
            case "allow" -> said(grant, code, true, person);
            case "switch" -> signIn(grant, code, browser, null, null);
            default -> said(grant, code, false, person);
        };
    }

    private Answer<?> said(Grant grant, String code, boolean isAllowed, Person person) {
        if (!database.tx(grant, tx -> codes.answer(tx, code, isAllowed, person.session()))) {
            return Screens.deviceCode(null, "That code is too old. Begin again on the device.");
        }
        return isAllowed
                ? Screens.message(200, "Connected", "Go on with the device; it knows by itself.")
                : Screens.message(200, "Not connected", "The device is told so.");
    }

    /// What somebody who signed in is asked.
    Answer<?> ask(Grant grant, Person person, @Nullable String code, String browser) {
        if (code == null) {
            return Screens.deviceCode(null, null);
        }
        Optional<DeviceCodes.Waiting> waiting;
        try {
            waiting = database.tx(grant, tx -> look(tx, person, code));
        } catch (Problem.Failure refusal) {
            return Screens.deviceCode(null, AuthorizeApi.wrong(refusal))
                    .status(AuthorizeApi.status(refusal));
        }
        if (waiting.isEmpty()) {
            return Screens.deviceCode(code, "No device waits with that code.");
        }
        var found = waiting.get();
        var interaction = interactions.seal(
                Purpose.DEVICE, AuthorizeApi.codeOnly(code), browser, person.session());
        return Screens.consent(PAGE, interaction, found.client(), found.scopes(),
                person.user().email(), "The device asks from the address "
                        + Optional.ofNullable(found.address()).orElse("that nobody knows")
                        + ". Allow it only if it is yours and shows this code: " + code);
    }

    /// A code is short: nobody may try many (RFC 8628 5.1).
    private Optional<DeviceCodes.Waiting> look(Tx tx, Person person, String code) {
        var who = person.user().id();
        lockout.check(tx, Lockout.Of.DEVICE, who);
        var waiting = codes.waiting(tx, code);
        if (waiting.isEmpty()) {
            lockout.failed(tx, Lockout.Of.DEVICE, who);
        }
        return waiting;
    }

    Answer<?> signIn(
            Grant grant, @Nullable String code, String browser, @Nullable String name,
            @Nullable String wrong) {
        var interaction = interactions.seal(
                Purpose.DEVICE_SIGN_IN, AuthorizeApi.codeOnly(code), browser, null);
        return Screens.signIn(SIGN_IN, interaction, "connect a device", name, wrong,
                signedIn.passkey(grant, PASSKEY, interaction, page(code))
                        + waysIn.shown(grant, interaction));
    }
}
