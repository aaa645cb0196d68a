package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.events.Subject;
import orrery.kit.mail.Letter;
import orrery.kit.mail.Mail;
import orrery.server.auth.login.Lockout.Of;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Lets people who forgot their password set a new one, by a link in a mail.
///
/// Whoever asks learns nothing about accounts: the wish is written down, the same for every
/// address, and a loop looks later whether there is one. The link proves the address and signs
/// nobody in: a second factor is asked for as ever.
@Singleton
public final class PasswordResets implements Loop {
    public static final String PAGE = "/oauth2/reset";

    private static final Duration LIFE = Duration.ofMinutes(30);
    private static final int LONGEST_EMAIL = 254;
    private static final int BATCH = 100;
    private static final String LETTER = """
            Hello %s,

            somebody asked for a new password for your account %s at %s.
            If that was you, set one within 30 minutes:

            %s

            If it was not, do nothing: your password stays as it is.
            """;

    private final PasswordResetTable table = new PasswordResetTable();
    private final PasswordTable passwordTable = new PasswordTable();
    private final Database database;
    private final Users users;
    private final Passwords passwords;
    private final PasswordChanges changes;
    private final Lockout lockout;
    private final Mail mail;
    private final RandomSecrets secrets;
    private final String server;
    private final Ids ids;
    private final Clock clock;

    public PasswordResets(
            Database database, Users users, Passwords passwords, PasswordChanges changes,
            Lockout lockout, Mail mail, RandomSecrets secrets, AccessTokens tokens, Ids ids,
            Clock clock) {
        this.database = database;
        this.users = users;
        this.passwords = passwords;
        this.changes = changes;
        this.lockout = lockout;
        this.mail = mail;
        this.secrets = secrets;
        this.server = tokens.issuer();
        this.ids = ids;
        this.clock = clock;
    }

    /// Whether anybody can: it needs mail.
    public boolean isOn() {
        return mail.isOn();
    }

    /// Writes down that the password of an address is forgotten.
    ///
    /// @throws Problem.Failure [Problem.Refused] where no mail is sent, [Problem.RateLimited] when
    ///     it was asked for often, whether there is such an account or not
    public void wish(Grant grant, String email) {
        if (!mail.isOn()) {
            throw new Problem.Refused("a new password by mail",
                    "this server sends no mail: ask who runs it").raise();
        }
        new Mistakes().unless(email.length() <= LONGEST_EMAIL && email.indexOf('@') > 0, "email",
                "must be an e-mail address").orRefuse();
        database.write(grant, tx -> {
            lockout.attempt(tx, Of.MAIL, email);
            lockout.missed(tx);
            table.wish(tx, new PasswordResetTable.Wish(
                    ids.next("rst"), email.strip(), clock.instant()));
        });
    }

    @Override
    public String name() {
        return "password resets";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(2);
    }

    @Override
    public void round(LoopRound round) {
        database.write(round.grant(), tx -> table.takeWishes(tx, BATCH).stream()
                .filter(wish -> clock.instant().isBefore(wish.createdAt().plus(LIFE)))
                .flatMap(wish -> users.byEmail(tx, wish.email()).stream())
                // Others sign in by their provider, and have no password to forget.
                .filter(user -> user.isActive() && passwordTable.of(tx, user.id()).isPresent())
                .forEach(user -> write(tx, user)));
    }

    private void write(Tx tx, User user) {
        if (!mail.isOn()) {
            return;
        }
        var secret = secrets.next();
        table.insert(tx, RandomSecrets.hash(secret), user.id(), clock.instant().plus(LIFE));
        mail.send(tx, new Subject("user", user.id()), new Letter(user.email(),
                "A new password", LETTER.formatted(user.name(), user.username(), server,
                        server + PAGE + "?token=" + secret)), LIFE);
    }

    /// Whether a link still counts.
    public boolean counts(Grant grant, String secret) {
        return database.tx(grant, tx -> find(tx, secret)).isPresent();
    }

    /// Sets a new password, and signs the person out everywhere.
    ///
    /// @param secret out of the letter
    /// @throws Problem.Failure [Problem.Invalid] for a password that is not taken,
    ///     [Problem.Unprocessable] when the link does not count (any more)
    public void confirm(Grant grant, String secret, String wanted) {
        var user = database.tx(grant, tx -> {
            lockout.checkAddress(tx);
            return find(tx, secret);
        }).orElseThrow(() -> {
            database.write(grant, lockout::missed);
            return unknown();
        });
        var mistakes = new Mistakes();
        PasswordChanges.check(mistakes, "password", wanted, user);
        mistakes.orRefuse();
        var hash = passwords.hash(wanted);
        database.write(grant, tx -> {
            var still = find(tx, secret).orElseThrow(PasswordResets::unknown);
            // Who reads the mail is the one: guesses of others lock them out no longer.
            lockout.forgive(tx, still);
            changes.set(tx, still, hash, null, "user.passwordReset");
        });
    }

    private Optional<User> find(Tx tx, String secret) {
        return table.find(tx, RandomSecrets.hash(secret), clock.instant())
                .flatMap(id -> users.byId(tx, id)).filter(User::isActive);
    }

    private static Problem.Failure unknown() {
        return new Problem.Unprocessable(List.of(new Problem.Mistake("token",
                "is unknown, used or too old: ask for another"))).raise();
    }
}
