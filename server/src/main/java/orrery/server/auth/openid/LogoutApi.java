package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.FromAnyPage;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Query;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.RedirectUris;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.openid.SignedIn.Person;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.token.IdTokens;
import orrery.server.auth.token.IdTokens.Hint;
import orrery.server.surface.OAuth;

/// Signs people out on a client's behalf (OpenID Connect RP-Initiated Logout). One that shows no
/// ID token of the person in front only gets them asked.
@Path("/oauth2/logout")
@Produces("text/html")
@RunOnVirtualThread
@On(OAuth.class)
public final class LogoutApi {
    private final Database database;
    private final SignedIn signedIn;
    private final Interactions interactions;
    private final IdTokens idTokens;
    private final Clients clients;
    private final SessionCookie cookie;

    public LogoutApi(
            Database database, SignedIn signedIn, Interactions interactions, IdTokens idTokens,
            Clients clients, SessionCookie cookie) {
        this.database = database;
        this.signedIn = signedIn;
        this.interactions = interactions;
        this.idTokens = idTokens;
        this.clients = clients;
        this.cookie = cookie;
    }

    @GET
    @Open
    public Answer<?> get(
            @Context Grant grant, @Context Query query,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var asked = new HashMap<String, String>();
        query.parameters().forEach((name, values) -> asked.put(name, values.getFirst()));
        return answer(grant, asked, session, interactions.browser(browser));
    }

    /// A client's page may post it too: the browser comes again by GET, with its own cookies.
    @POST
    @Consumes(Form.TYPE)
    @Open
    @FromAnyPage
    public Answer<?> post(InputStream body) {
        return AuthorizeApi.again("/oauth2/logout", Form.read(body));
    }

    /// What the person said to the page that asked.
    @POST
    @Path("/answer")
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> answer(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.SIGN_OUT, form.get("interaction"), browser)
                .orElse(null);
        if (from == null) {
            return AuthorizeApi.stale();
        }
        if (!"yes".equals(form.get("answer"))) {
            return Screens.message(200, "Still signed in", "Nothing was changed.");
        }
        signedIn.now(grant, session)
                .filter(person -> person.session().id().equals(from.session()))
                .ifPresent(person -> signedIn.leave(grant, person));
        return left(grant, from.parameters());
    }

    private Answer<?> answer(
            Grant grant, Map<String, String> asked, @Nullable String session, String browser) {
        var person = signedIn.now(grant, session).orElse(null);
        if (person == null) {
            return left(grant, asked);
        }
        if (hint(asked).filter(hint -> isOf(hint, person) && isFor(hint, asked)).isEmpty()) {
            var interaction = interactions.seal(
                    Purpose.SIGN_OUT, asked, browser, person.session());
            return Screens.signOut(interaction, person.user().email())
                    .header("Set-Cookie", interactions.cookie(browser));
        }
        signedIn.leave(grant, person);
        return left(grant, asked);
    }

    private static boolean isOf(Hint hint, Person person) {
        return hint.subject().equals(person.user().id())
                && (hint.session() == null || hint.session().equals(person.session().id()));
    }

    /// Whether no other client shows it than the one that it was given to.
    private static boolean isFor(Hint hint, Map<String, String> asked) {
        return hint.client().equals(asked.getOrDefault("client_id", hint.client()));
    }

    private Answer<?> left(Grant grant, Map<String, String> asked) {
        var to = target(grant, asked);
        var state = asked.get("state");
        return to.<Answer<?>>map(address -> Answer.redirect(URI.create(address
                        + (state == null ? "" : (address.contains("?") ? "&" : "?") + "state="
                                + Target.encoded(state)))).status(303))
                .orElseGet(() -> Screens.message(200, "Signed out", "You can close this page."))
                .header("Set-Cookie", cookie.clear()).header("Cache-Control", "no-store");
    }

    /// Where to go then: only where the client said before that people may be sent.
    private Optional<String> target(Grant grant, Map<String, String> asked) {
        var hinted = hint(asked);
        if (hinted.filter(hint -> !isFor(hint, asked)).isPresent()) {
            return Optional.empty();
        }
        return hinted.map(Hint::client).or(() -> Optional.ofNullable(asked.get("client_id")))
                .flatMap(id -> database.read(grant, tx -> clients.find(tx, id)))
                .flatMap(client -> Optional.ofNullable(asked.get("post_logout_redirect_uri"))
                        .filter(uri -> RedirectUris.contains(
                                client.postLogoutRedirectUris(), uri)));
    }

    private Optional<Hint> hint(Map<String, String> asked) {
        return Optional.ofNullable(asked.get("id_token_hint")).flatMap(idTokens::hint);
    }
}
