package orrery.server.auth.login;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.user.User;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// Sign-in by passkey: the browser's session comes as a cookie.
@Path("/v1/regions/global/auth/passkey")
@RunOnVirtualThread
@On(Cloud.class)
public final class PasskeyLoginApi {
    private final PasskeyLogins logins;
    private final Sessions sessions;
    private final SessionCookie cookie;

    /// @param challenge to answer with
    /// @param origin where the browser must be to answer
    /// @param options of `navigator.credentials.get`
    record Asked(String challenge, String origin, ObjectNode options) {}

    /// @param credential what the browser answered, as JSON (`PublicKeyCredential.toJSON`)
    record Credential(String challenge, ObjectNode credential) {}

    private record Entered(User user, Sessions.Opened opened) {}

    record View(String userId, String username, Instant expiresAt) {}

    public PasskeyLoginApi(PasskeyLogins logins, Sessions sessions, SessionCookie cookie) {
        this.logins = logins;
        this.sessions = sessions;
        this.cookie = cookie;
    }

    @POST
    @Path("/options")
    @Open
    public Answer<Asked> ask(@Context Grant grant) {
        var asked = logins.ask(grant);
        return Answer.ok(new Asked(asked.challenge(), asked.origin(), asked.options()))
                .header("Cache-Control", "no-store");
    }

    @POST
    @Open
    public Answer<View> signIn(
            @Context Grant grant, @HeaderParam("User-Agent") @Nullable String agent,
            Credential asked) {
        var entered = logins.login(grant, asked.challenge(), asked.credential(),
                (tx, user, proof) -> new Entered(user, sessions.openForBrowser(
                        tx, user, Entry.of(user, proof), agent)));
        var user = entered.user();
        return Answer.ok(new View(user.id(), user.username(),
                        entered.opened().session().expiresAt()))
                .header("Set-Cookie", cookie.set(entered.opened().secret()))
                .header("Cache-Control", "no-store");
    }
}
