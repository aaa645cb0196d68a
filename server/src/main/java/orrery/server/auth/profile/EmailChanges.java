package orrery.server.auth.profile;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.mail.Letter;
import orrery.kit.mail.Mail;
import orrery.server.auth.login.Lockout;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Changes e-mail addresses. An account gets a new one when who reads its mail says so, and keeps
/// the old one until then.
@Singleton
public final class EmailChanges {
    static final String PAGE = "/oauth2/email";

    private static final Duration LIFE = Duration.ofHours(24);
    private static final String LETTER = """
            Hello %s,

            somebody signed in as %s at %s wants this address to be theirs.
            If that was you, confirm it within 24 hours:

            %s

            If it was not, do nothing: the address stays as it is.
            """;
    private static final String NOTICE = """
            Hello %s,

            the e-mail address of your account %s at %s is another one now.
            If that was not you, tell who runs the server.
            """;

    private final EmailChangeTable table = new EmailChangeTable();
    private final Database database;
    private final Users users;
    private final Sessions sessions;
    private final Lockout lockout;
    private final Mail mail;
    private final RandomSecrets secrets;
    private final String server;
    private final Clock clock;

    public EmailChanges(
            Database database, Users users, Sessions sessions, Lockout lockout, Mail mail,
            RandomSecrets secrets, AccessTokens tokens, Clock clock) {
        this.database = database;
        this.users = users;
        this.sessions = sessions;
        this.lockout = lockout;
        this.mail = mail;
        this.secrets = secrets;
        this.server = tokens.issuer();
        this.clock = clock;
    }

    /// Sends a letter to the address that the caller wants; the one it has already may be proved so
    /// too. Who signed in long ago does so again before.
    ///
    /// @throws Problem.Failure [Problem.Invalid], [Problem.Refused], [Problem.RateLimited]
    void begin(Tx tx, User user, String email) {
        var mistakes = new Mistakes();
        Users.check(mistakes, email, user.name());
        mistakes.orRefuse();
        var wanted = email.strip();
        sessions.fresh(tx);
        if (wanted.equals(user.email()) && user.emailVerified()) {
            return;
        }
        lockout.attempt(tx, Lockout.Of.MAIL, user.id());
        var secret = secrets.next();
        table.set(tx, new EmailChangeTable.Row(
                user.id(), wanted, RandomSecrets.hash(secret), clock.instant().plus(LIFE)));
        mail.send(tx, new Subject("user", user.id()), new Letter(wanted,
                "Confirm your e-mail address", LETTER.formatted(
                        user.name(), user.username(), server, server + PAGE + "?token=" + secret)),
                LIFE);
    }

    /// The address that waits for its proof.
    Optional<String> waiting(Tx tx, String user) {
        return table.of(tx, user, clock.instant());
    }

    /// The address that a letter's secret is about.
    public Optional<String> read(Grant grant, String secret) {
        return database.read(grant, tx -> table.find(
                tx, RandomSecrets.hash(secret), clock.instant()))
                .map(EmailChangeTable.Row::email);
    }

    /// Gives the account its new address.
    ///
    /// @param secret out of the letter
    /// @throws Problem.Failure [Problem.Unprocessable] when it does not count (any more),
    ///     [Problem.AlreadyExists] when another account has the address
    public User confirm(Grant grant, String secret) {
        return database.tx(grant, tx -> {
            var hash = RandomSecrets.hash(secret);
            var row = table.find(tx, hash, clock.instant())
                    .filter(found -> table.take(tx, hash))
                    .orElseThrow(() -> new Problem.Unprocessable(List.of(new Problem.Mistake(
                            "token", "is unknown, used or too old; begin again"))).raise());
            var before = users.get(tx, row.userId());
            var changed = users.changeEmail(tx, row.userId(), row.email());
            if (!before.email().equalsIgnoreCase(row.email()) && mail.isOn()) {
                mail.send(tx, new Subject("user", before.id()), new Letter(before.email(),
                        "Your e-mail address was changed",
                        NOTICE.formatted(before.name(), before.username(), server)), LIFE);
            }
            return changed;
        });
    }
}
