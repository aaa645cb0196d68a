package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyLimit;
import orrery.kit.http.BodyReader;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.client.Clients;
import orrery.server.auth.exchange.AuthorizationCodes;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.handover.Handovers;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.surface.Workspace;

/// Sign-in in a browser, as the workspace family has it: to the provider's pages and back, and for
/// a command line on to the page on which its person allows it a token.
@Path("/api/v1/auth")
@RunOnVirtualThread
@On(Workspace.class)
public final class WorkspaceLoginApi {
    private final AuthorizationCodes codes;
    private final SignedIn signedIn;
    private final WaysIn waysIn;
    private final LoginCookie login;
    private final SessionCookie cookie;
    private final RandomSecrets secrets;
    private final Clock clock;
    private final ReturnAddress returns;
    private final String callback;

    /// What a page sends that came back from the provider.
    record Returned(String code, String state) {}

    record Gone(String redirect) {}

    public WorkspaceLoginApi(
            AuthorizationCodes codes, SignedIn signedIn, WaysIn waysIn, LoginCookie login,
            SessionCookie cookie, RandomSecrets secrets, AccessTokens tokens, Clock clock) {
        this.codes = codes;
        this.signedIn = signedIn;
        this.waysIn = waysIn;
        this.login = login;
        this.cookie = cookie;
        this.secrets = secrets;
        this.clock = clock;
        this.returns = new ReturnAddress(tokens.issuer());
        this.callback = Clients.workspaceCallback(tokens.issuer());
    }

    @GET
    @Path("/login")
    @Open
    public Answer<?> begin(
            @Context Grant grant, @QueryParam("provider") @Nullable String provider,
            @QueryParam("redirect_uri") @Nullable String redirect,
            @QueryParam("state") @Nullable String state,
            @QueryParam("createPAT") @DefaultValue("false") boolean createsToken,
            @HeaderParam("Host") @Nullable String host) {
        var other = provider == null || WorkspaceProviders.isOurs(provider) ? null
                : WorkspaceProviders.name(provider);
        if (other != null && !waysIn.knows(grant, other)) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("provider",
                    "there is no such provider; /api/v1/auth/providers lists them"))).raise();
        }
        var page = returns.page(redirect, host);
        var next = createsToken
                ? HandoverPageApi.PATH + "?state=" + Handovers.checked(state) : page;
        var verifier = secrets.next();
        var ours = secrets.next();
        var query = new HashMap<>(Map.of("response_type", "code", "client_id", Clients.WORKSPACE,
                "redirect_uri", callback, "scope", "openid", "state", ours,
                "code_challenge", Base64.getUrlEncoder().withoutPadding()
                        .encodeToString(RandomSecrets.hash(verifier)),
                "code_challenge_method", "S256"));
        if (other != null) {
            query.put(WaysIn.PROVIDER, other);
        }
        return AuthorizeApi.again("/oauth2/authorize", query).status(302)
                .header("Set-Cookie", login.set(ours, verifier, next));
    }

    @GET
    @Path("/callback")
    @Open
    public Answer<?> end(
            @Context Grant grant, @QueryParam("code") @Nullable String code,
            @QueryParam("state") @Nullable String state,
            @QueryParam("error") @Nullable String error,
            @HeaderParam("Accept") @Nullable String accept,
            @CookieParam(LoginCookie.NAME) @Nullable String begun,
            @CookieParam(SessionCookie.NAME) @Nullable String session) {
        if (error != null) {
            throw new Problem.Unauthenticated(Credential.INVALID,
                    "the sign-in was not finished").raise();
        }
        return go(grant, code, state, accept, begun, session);
    }

    /// As above, for pages that post what they came back with: JSON or a form.
    @POST
    @Path("/callback")
    @Consumes({"application/json", Form.TYPE})
    @BodyLimit(8 << 10)
    @Open
    public Answer<?> end(
            @Context Grant grant, @HeaderParam("Accept") @Nullable String accept,
            @HeaderParam("Content-Type") @Nullable String type,
            @CookieParam(LoginCookie.NAME) @Nullable String begun,
            @CookieParam(SessionCookie.NAME) @Nullable String session, InputStream body) {
        var returned = read(type, body);
        return go(grant, returned.code(), returned.state(), accept, begun, session);
    }

    private Returned read(@Nullable String type, InputStream body) {
        if (type != null && type.startsWith(Form.TYPE)) {
            var form = Form.read(body);
            return new Returned(form.getOrDefault("code", ""), form.getOrDefault("state", ""));
        }
        try {
            return BodyReader.read(Returned.class, body.readAllBytes(), false, clock.instant());
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it is cut off").raise();
        }
    }

    private Answer<?> go(
            Grant grant, @Nullable String code, @Nullable String state, @Nullable String accept,
            @Nullable String begun, @Nullable String session) {
        var from = login.open(begun).filter(it -> isSame(it.state(), state)).orElseThrow(() ->
                new Problem.Invalid(List.of(new Problem.Mistake("state",
                        "is too old, or another browser's: begin again at /api/v1/auth/login")))
                        .raise());
        var person = signedIn.now(grant, session);
        var allowed = code == null ? null : codes.redeem(
                grant, Clients.WORKSPACE, code, callback, from.verifier()).orElse(null);
        if (session == null || person.isEmpty()
                || !person.get().session().id().equals(allowed)) {
            throw new Problem.Unauthenticated(Credential.INVALID,
                    "the code was used, is too old, or was given in another browser").raise();
        }
        var isForScript = accept != null && accept.contains("application/json");
        return (isForScript ? Answer.ok(new Gone(from.next()))
                : Answer.redirect(URI.create(from.next())))
                .header("Set-Cookie", cookie.set(session)).header("Cache-Control", "no-store");
    }

    private static boolean isSame(String one, @Nullable String other) {
        return other != null && MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8),
                other.getBytes(StandardCharsets.UTF_8));
    }
}
