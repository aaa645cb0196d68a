package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.db.TxAction;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.mail.Letter;
import orrery.kit.mail.Mail;
import orrery.server.auth.login.Lockout.Of;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Changes passwords. Whoever is signed in elsewhere with the old one is signed out, and the person
/// is told by mail.
@Singleton
public final class PasswordChanges {
    private static final Duration WORTH = Duration.ofDays(1);
    private static final String NOTICE = """
            Hello %s,

            the password of your account %s at %s was changed just now, and you
            were signed out everywhere else.

            API keys and personal tokens of yours still count. Look through them, and
            revoke those that you do not know (GET and DELETE):

            %s/v1/regions/global/iam/apikeys
            %s/api/v1/me/tokens

            If it was not you who changed it, set a new password:

            %s/oauth2/forgot
            """;

    private final PasswordTable table = new PasswordTable();
    private final PasswordResetTable resets = new PasswordResetTable();
    private final Database database;
    private final Users users;
    private final Passwords passwords;
    private final Sessions sessions;
    private final Lockout lockout;
    private final Mail mail;
    private final Events events;
    private final String server;
    private final Clock clock;

    public PasswordChanges(
            Database database, Users users, Passwords passwords, Sessions sessions,
            Lockout lockout, Mail mail, Events events, AccessTokens tokens, Clock clock) {
        this.database = database;
        this.users = users;
        this.passwords = passwords;
        this.sessions = sessions;
        this.lockout = lockout;
        this.mail = mail;
        this.events = events;
        this.server = tokens.issuer();
        this.clock = clock;
    }

    /// What came of a change.
    public enum Outcome { CHANGED, WRONG, NO_PASSWORD }

    private record Known(User user, Session session, Optional<String> hash) {}

    /// Changes the caller's own password.
    ///
    /// @param current guessed no more often than at a sign-in
    /// @throws Problem.Failure [Problem.Invalid] for a password that is not taken,
    ///     [Problem.Refused] for who is no person signed in, [Problem.RateLimited]
    public Outcome change(Grant grant, String current, String wanted) {
        var known = database.tx(grant, tx -> {
            var session = sessions.own(tx);
            var user = users.get(tx, session.userId());
            lockout.attempt(tx, Of.SECOND, user.id());
            return new Known(user, session, table.of(tx, user.id()));
        });
        if (known.hash().isEmpty()) {
            return Outcome.NO_PASSWORD;
        }
        if (!passwords.matches(current, known.hash().get())) {
            database.write(grant, lockout::missed);
            return Outcome.WRONG;
        }
        var user = known.user();
        var mistakes = new Mistakes();
        check(mistakes, "newPassword", wanted, user);
        mistakes.unless(!wanted.equals(current), "newPassword", "must be another than before")
                .orRefuse();
        var hash = passwords.hash(wanted);
        database.write(grant, tx -> {
            lockout.succeeded(tx, Of.SECOND, user.id());
            set(tx, user, hash, known.session().id(), "user.passwordChanged");
        });
        return Outcome.CHANGED;
    }

    /// Sets somebody else's password, and signs the person out everywhere. Who may, the caller has
    /// made sure of.
    ///
    /// @param may asked once more within the transaction, before anything is written
    /// @throws Problem.Failure [Problem.Invalid] for a password that is not taken
    public void give(Grant grant, User user, String wanted, TxAction may) {
        var mistakes = new Mistakes();
        check(mistakes, "password", wanted, user);
        mistakes.orRefuse();
        var hash = passwords.hash(wanted);
        database.write(grant, tx -> {
            may.in(tx);
            var still = users.get(tx, user.id());
            lockout.forgive(tx, still);
            set(tx, still, hash, null, "user.passwordSet");
        });
    }

    static void check(Mistakes mistakes, String field, String wanted, User user) {
        PasswordRules.check(
                mistakes, field, wanted, user.email(), user.username(), user.name());
    }

    /// Sets a password, and ends every session but one.
    ///
    /// @param kept goes on; `null` for none
    void set(Tx tx, User user, String hash, @Nullable String kept, String event) {
        table.set(tx, user.id(), hash, clock.instant());
        resets.clear(tx, user.id(), clock.instant());
        sessions.endOthers(tx, user.id(), kept);
        events.append(tx, NewEvent.of(event, new Subject("user", user.id())));
        if (mail.isOn()) {
            mail.send(tx, new Subject("user", user.id()), new Letter(user.email(),
                    "Your password was changed",
                    NOTICE.formatted(user.name(), user.username(), server, server, server,
                            server)), WORTH);
        }
    }
}
