package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.login.Lockout.Of;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.Proof;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import org.jspecify.annotations.Nullable;

/// Signs people in by password.
@Singleton
public final class Logins {
    private final PasswordTable table = new PasswordTable();
    private final Database database;
    private final Users users;
    private final Passwords passwords;
    private final Lockout lockout;
    private final SignIns signIns;
    private final Clock clock;

    public Logins(
            Database database, Users users, Passwords passwords, Lockout lockout,
            SignIns signIns, Clock clock) {
        this.database = database;
        this.users = users;
        this.passwords = passwords;
        this.lockout = lockout;
        this.signIns = signIns;
        this.clock = clock;
    }

    private record Known(Optional<User> user, Optional<String> hash) {}

    /// What is done once the password is known to be right.
    public interface Step<T> {
        T go(Tx tx, User user, SignIns.Next next);
    }

    private record Came<T>(@Nullable T done, User user, SignIns.Next next) {}

    /// Signs in by one request, of clients that have no page for the second step.
    ///
    /// @param code of an application, or a recovery code; for who has a second factor
    /// @throws Problem.Failure as [#login(Grant, String, String, Step)], or as [SignIns#second];
    ///     [SignIns#isAboutCode] tells which
    public <T> T login(
            Grant grant, String name, String password, @Nullable String code,
            SignIns.Finish<T> finish) {
        var came = this.<Came<T>>login(grant, name, password, (tx, user, next) -> new Came<>(
                next instanceof SignIns.Enough it ? finish.go(tx, user, it.proof()) : null,
                user, next));
        return switch (came.next()) {
            case SignIns.Enough _ -> Objects.requireNonNull(came.done());
            case SignIns.Second _ when code == null || code.isBlank() ->
                throw SignIns.codeNeeded();
            case SignIns.Enrolment _ -> throw signIns.enrolmentNeeded();
            case SignIns.Second it ->
                signIns.second(grant, came.user().id(), it.first(), code, finish);
        };
    }

    /// Goes on with whoever knows the password. An unknown name and a wrong password look alike and
    /// take as long.
    ///
    /// @param name e-mail address or username
    /// @throws Problem.Failure [Problem.Unauthenticated], [Problem.RateLimited] after too many
    ///     failures, [Problem.Unavailable] when too many sign in at once, or as [SignIns#after]
    public <T> T login(Grant grant, String name, String password, Step<T> step) {
        var known = database.read(grant, tx -> {
            lockout.check(tx, Of.NAME, name);
            var user = (name.contains("@") ? users.byEmail(tx, name) : users.byUsername(tx, name))
                    .filter(User::isActive);
            return new Known(user, user.flatMap(found -> table.of(tx, found.id())));
        });
        if (!passwords.matches(password, known.hash().orElse(null))) {
            database.write(grant, tx -> lockout.failed(tx, Of.NAME, name));
            throw new Problem.Unauthenticated(
                    Credential.INVALID, "the name or the password is wrong").raise();
        }
        var user = known.user().orElseThrow();
        var anew = known.hash().filter(passwords::isOutdated).map(old -> passwords.hash(password));
        return database.tx(grant, tx -> {
            // Once more: others may have guessed wrongly while this one was being checked.
            lockout.check(tx, Of.NAME, name);
            lockout.succeeded(tx, Of.NAME, name);
            anew.ifPresent(hash -> table.set(tx, user.id(), hash, clock.instant()));
            return step.go(tx, user, signIns.after(
                    tx, user, Entry.of(user, Proof.BY_PASSWORD)));
        });
    }

    /// Whether somebody can sign in by password.
    public boolean hasPassword(Tx tx, String user) {
        return table.of(tx, user).isPresent();
    }
}
