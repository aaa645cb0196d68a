package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.Proof;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.provider.Provider;
import orrery.server.iam.provider.Providers;
import orrery.server.iam.user.ProfileStudioApi;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.surface.Studio;
import org.jspecify.annotations.Nullable;

/// Registration and sign-in, as the studio family has them. Its clients know some refusals by
/// their exact text.
@Path("/v1/api/auth")
@RunOnVirtualThread
@On(Studio.class)
public final class LoginStudioApi {
    private final Database database;
    private final Registrations registrations;
    private final Logins logins;
    private final SignIns signIns;
    private final Founding founding;
    private final Providers providers;
    private final Sessions sessions;
    private final Users users;
    private final Policies policies;

    /// @param setupCode for the first account; also taken as `inviteCode`, which old clients have
    record Register(
            String email,
            String password,
            String name,
            @Nullable String inviteCode,
            @Nullable String setupCode) {
        Register {
            new Registration(email, password, name, setupCode);
        }
    }

    /// @param code of an authenticator application, or a recovery code; for who has one
    record Login(String email, String password, @Nullable String code) {
        @Override
        public String toString() {
            return "a sign-in";
        }
    }

    record View(String token, ProfileStudioApi.View user) {}

    record Refusal(String error) {}

    /// @param firstUser whether the server waits for its first account
    record Builtin(boolean enabled, boolean signupEnabled, boolean firstUser) {}

    /// @param name by which it is asked for
    /// @param icon what kind of provider it is
    record Other(String name, String displayName, String icon) {
        static Other of(Provider it) {
            return new Other(it.name(), it.displayName(),
                    it.kind().name().toLowerCase(Locale.ROOT));
        }
    }

    record Methods(Builtin builtin, List<Other> providers) {}

    public LoginStudioApi(
            Database database, Registrations registrations, Logins logins, SignIns signIns,
            Founding founding, Providers providers, Sessions sessions, Users users,
            Policies policies) {
        this.database = database;
        this.registrations = registrations;
        this.logins = logins;
        this.signIns = signIns;
        this.founding = founding;
        this.providers = providers;
        this.sessions = sessions;
        this.users = users;
        this.policies = policies;
    }

    @POST
    @Path("/register")
    @Open
    public Answer<?> register(@Context Grant grant, Register asked) {
        var code = asked.setupCode() == null ? asked.inviteCode() : asked.setupCode();
        var registration =
                new Registration(asked.email(), asked.password(), asked.name(), code);
        try {
            var opened = registrations.<Optional<View>>register(grant, registration,
                    (tx, user) -> signIns.after(tx, user, Entry.of(user, Proof.BY_PASSWORD))
                            instanceof SignIns.Enough it
                            ? Optional.of(open(tx, user, it.proof())) : Optional.empty());
            // The account is made, and is let in as every other one of its organization.
            return Answer.ok(opened.orElseThrow(signIns::enrolmentNeeded)).status(201);
        } catch (Problem.Failure refusal) {
            return switch (refusal.problem()) {
                case Problem.AlreadyExists p when p.kind().equals("user") ->
                    refusal(409, "User already exists");
                case Problem.Refused p -> refusal(403, p.cause());
                default -> throw refusal;
            };
        }
    }

    @POST
    @Path("/login")
    @Open
    public Answer<?> login(@Context Grant grant, Login asked) {
        try {
            return Answer.ok(logins.login(grant, asked.email(), asked.password(),
                    asked.code(), this::open));
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.Unauthenticated p) {
                return refusal(401, SignIns.isAboutCode(p) ? p.cause()
                        : "Invalid email or password");
            }
            throw refusal;
        }
    }

    @POST
    @Path("/refresh")
    @Open
    public Answer<?> refresh(
            @Context Grant grant, @HeaderParam("Authorization") @Nullable String header) {
        if (header == null) {
            return refusal(401, "Authorization header is required");
        }
        if (!header.startsWith("Bearer ")) {
            return refusal(401, "Authorization header must start with 'Bearer '");
        }
        try {
            return Answer.ok(database.tx(grant, tx -> {
                var session = sessions.refreshable(tx, header.substring(7));
                var view = ProfileStudioApi.View.of(
                        tx, policies, users.get(tx, session.userId()), session.home());
                return new View(sessions.refresh(tx, session, view.claims()).secret(), view);
            }));
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.Unauthenticated) {
                return refusal(401, "Invalid token");
            }
            throw refusal;
        }
    }

    @GET
    @Path("/methods")
    @Open
    public Answer<Methods> methods(@Context Grant grant) {
        var others = database.read(grant, providers::ofInstallation);
        return Answer.ok(new Methods(new Builtin(true, true, founding.isAwaited()),
                others.stream().map(Other::of).toList()));
    }

    private View open(Tx tx, User user, Proof proof) {
        var view = ProfileStudioApi.View.of(tx, policies, user, user.home());
        var opened = sessions.open(tx, user, Entry.of(user, proof), view.claims());
        return new View(opened.secret(), view);
    }

    private static Answer<Refusal> refusal(int status, String text) {
        return Answer.ok(new Refusal(text)).status(status);
    }
}
