package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.session.Sessions;
import orrery.server.surface.Workspace;
import org.jspecify.annotations.Nullable;

/// Sign-in of browsers, as the workspace family has it: a cookie for a username and a password.
@Path("/api/v1/auth")
@RunOnVirtualThread
@On(Workspace.class)
public final class LoginWorkspaceApi {
    private final Database database;
    private final Logins logins;
    private final Sessions sessions;
    private final SessionCookie cookie;

    /// @param username or e-mail address
    /// @param code of an authenticator application, or a recovery code; for who has one
    record Login(String username, String password, @Nullable String code) {
        @Override
        public String toString() {
            return "a sign-in";
        }
    }

    record View(String username) {}

    record Refusal(int status, String msg) {}

    private record Opened(String username, String secret) {}

    public LoginWorkspaceApi(
            Database database, Logins logins, Sessions sessions, SessionCookie cookie) {
        this.database = database;
        this.logins = logins;
        this.sessions = sessions;
        this.cookie = cookie;
    }

    @POST
    @Path("/login")
    @Open
    public Answer<?> login(@Context Grant grant, Login asked) {
        try {
            var opened = logins.login(grant, asked.username(), asked.password(),
                    asked.code(), (tx, user, proof) -> new Opened(user.username(),
                            sessions.openForBrowser(
                                    tx, user, Entry.of(user, proof), null).secret()));
            return Answer.ok(new View(opened.username()))
                    .header("Set-Cookie", cookie.set(opened.secret()))
                    .header("Cache-Control", "no-store");
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.Unauthenticated p) {
                return Answer.ok(new Refusal(401, SignIns.isAboutCode(p) ? p.cause()
                        : "Invalid username or password")).status(401);
            }
            throw refusal;
        }
    }

    /// Ends the session of the caller, if there is one. Whoever shows a header has no cookie here:
    /// none is read, and none is written.
    @POST
    @Path("/logout")
    @Open
    public Answer<Void> logout(
            @Context Grant grant, @HeaderParam("Authorization") @Nullable String authorization) {
        var caller = grant.principal();
        if (caller.kind() == Principal.Kind.USER && caller.credential() != null) {
            database.write(grant, tx -> sessions.end(tx, caller.credential()));
        }
        return authorization != null ? Answer.none()
                : Answer.none().header("Set-Cookie", cookie.clear());
    }
}
