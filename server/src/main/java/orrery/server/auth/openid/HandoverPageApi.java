package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.handover.Handovers;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.openid.SignedIn.Person;
import orrery.server.auth.session.SessionCookie;
import orrery.server.surface.OAuth;

/// The page on which a person allows a command line a token: it says who asks, what for and for how
/// long.
@Path("/oauth2/handover")
@Produces("text/html")
@RunOnVirtualThread
@On(OAuth.class)
public final class HandoverPageApi {
    static final String PATH = "/oauth2/handover";

    private final Database database;
    private final Handovers handovers;
    private final SignedIn signedIn;
    private final Interactions interactions;

    public HandoverPageApi(
            Database database, Handovers handovers, SignedIn signedIn,
            Interactions interactions) {
        this.database = database;
        this.handovers = handovers;
        this.signedIn = signedIn;
        this.interactions = interactions;
    }

    @GET
    @Open
    public Answer<?> page(
            @Context Grant grant, @QueryParam("state") @Nullable String state,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var asked = Handovers.checked(state);
        var here = interactions.browser(browser);
        return signedIn.now(grant, session)
                .<Answer<?>>map(person -> ask(grant, person, asked, here))
                .orElseGet(() -> Screens.message(400, "You are not signed in",
                        "Begin again at the command line."));
    }

    @POST
    @Consumes(Form.TYPE)
    @Open
    public Answer<?> answer(
            @Context Grant grant, InputStream body,
            @CookieParam(SessionCookie.NAME) @Nullable String session,
            @CookieParam(Interactions.COOKIE) @Nullable String browser) {
        var form = Form.read(body);
        var from = interactions.open(Purpose.HANDOVER, form.get("interaction"), browser)
                .orElse(null);
        var person = signedIn.now(grant, session).orElse(null);
        if (from == null || person == null || !person.session().id().equals(from.session())) {
            return AuthorizeApi.stale();
        }
        var isAllowed = "allow".equals(form.get("answer"));
        var state = from.parameters().getOrDefault("state", "");
        var address = from.parameters().getOrDefault("address", "");
        if (!database.tx(grant, tx -> handovers.answer(
                tx, state, isAllowed, address, person.session()))) {
            return Screens.message(400, "Nobody waits any more",
                    "It took too long. Begin again at the command line.");
        }
        return isAllowed
                ? Screens.message(200, "Connected",
                        "Go on at the command line; it knows by itself.")
                : Screens.message(200, "Not connected", "The command line is told so.");
    }

    private Answer<?> ask(Grant grant, Person person, String state, String browser) {
        var found = database.read(grant,
                tx -> handovers.question(tx, state, person.session()));
        if (found.isEmpty()) {
            // It asks every two seconds; a browser may be faster than the first time.
            return Screens.message(200, "No command line waits",
                    "It must ask before you allow it. This page looks again by itself.")
                    .header("Refresh", "2");
        }
        var question = found.get();
        var interaction = interactions.seal(Purpose.HANDOVER,
                Map.of("state", state, "address", question.address()), browser,
                person.session());
        var isHere = question.address().equals(grant.call().address());
        return Screens.handover(PATH, interaction, question, person.user().email(), isHere)
                .header("Set-Cookie", interactions.cookie(browser));
    }
}
