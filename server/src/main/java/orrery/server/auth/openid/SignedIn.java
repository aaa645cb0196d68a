package orrery.server.auth.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.auth.login.Logins;
import orrery.server.auth.login.PasskeyLogins;
import orrery.server.auth.login.SignIns;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Who sits in front of the browser: by its cookie, or by name and password.
@Singleton
final class SignedIn {
    private static final int LONGEST_COOKIE = 100;

    private final Database database;
    private final Logins logins;
    private final SignIns signIns;
    private final PasskeyLogins passkeys;
    private final Sessions sessions;
    private final Users users;

    /// A person and the browser's session that proves it.
    record Person(User user, Session session) {}

    /// The same, with the cookie that the browser must carry from now on.
    record Entered(Person person, String cookie) implements Came {
        @Override
        public String toString() {
            return person.session() + " and its cookie";
        }
    }

    /// How far somebody comes by name and password.
    sealed interface Came {}

    /// A second factor is asked for.
    ///
    /// @param user identifier
    /// @param entry how they come in, with what was shown so far
    /// @param enrolment of an authenticator application, for who has nothing to show; `null` as a
    ///     rule
    record Halfway(String user, Entry entry, @Nullable String enrolment) implements Came {}

    /// Somebody of whom more is asked.
    ///
    /// @param isBare whether there is nothing to show, so that it must be set up
    Halfway halfway(User user, Entry entry, boolean isBare) {
        return new Halfway(user.id(), entry,
                isBare ? signIns.beginEnrolment(user).enrolment() : null);
    }

    /// The same.
    ///
    /// @param user identifier
    Halfway halfway(Grant grant, String user, Entry entry, boolean isBare) {
        return halfway(database.read(grant, tx -> users.get(tx, user)), entry, isBare);
    }

    SignedIn(
            Database database, Logins logins, SignIns signIns, PasskeyLogins passkeys,
            Sessions sessions, Users users) {
        this.database = database;
        this.logins = logins;
        this.signIns = signIns;
        this.passkeys = passkeys;
        this.sessions = sessions;
        this.users = users;
    }

    Optional<Person> now(Grant grant, @Nullable String cookie) {
        return database.read(grant, tx -> now(tx, cookie));
    }

    Optional<Person> now(Tx tx, @Nullable String cookie) {
        return Optional.ofNullable(cookie).filter(it -> it.length() <= LONGEST_COOKIE)
                .flatMap(it -> sessions.byCookie(tx, it)).filter(Session::isPersons)
                .flatMap(session -> users.byId(tx, session.userId()).filter(User::isActive)
                        .map(user -> new Person(user, session)));
    }

    /// Signs in by name and password.
    ///
    /// @throws orrery.kit.Problem.Failure as [Logins#login]
    Came enter(
            Grant grant, @Nullable String cookie, @Nullable String userAgent, String name,
            String password) {
        return logins.login(grant, name, password, (tx, user, next) -> switch (next) {
            case SignIns.Enough it -> enter(
                    tx, cookie, userAgent, user, Entry.of(user, it.proof()));
            case SignIns.Second it -> halfway(user, Entry.of(user, it.first()), false);
            case SignIns.Enrolment it -> halfway(user, Entry.of(user, it.first()), true);
        });
    }

    /// Goes on in this browser with who has come halfway, and shows more.
    ///
    /// @throws orrery.kit.Problem.Failure as [SecondSteps#shown]
    SignIns.Finish<Entered> here(
            @Nullable String cookie, @Nullable String userAgent, Halfway halfway) {
        return (tx, user, proof) -> enter(
                tx, cookie, userAgent, user, halfway.entry().with(proof));
    }

    /// The part of a page that asks for a passkey; empty where there are none.
    ///
    /// @param action where its form goes
    /// @param here path of the same page, for who must look at it elsewhere; `null` when it cannot
    ///     be looked at there
    String passkey(Grant grant, String action, String interaction, @Nullable String here) {
        return !passkeys.isPossible() ? ""
                : AccountScreens.passkey(action, interaction, passkeys.ask(grant), here);
    }

    /// Signs in by a passkey.
    ///
    /// @param credential what the browser answered, as JSON
    /// @throws orrery.kit.Problem.Failure as [PasskeyLogins#login]
    Entered byPasskey(
            Grant grant, @Nullable String cookie, @Nullable String userAgent, String challenge,
            ObjectNode credential) {
        return passkeys.login(grant, challenge, credential, (tx, user, proof) ->
                enter(tx, cookie, userAgent, user, Entry.of(user, proof)));
    }

    boolean hasFactors(Grant grant, Person person) {
        return database.read(grant, tx -> signIns.hasFactors(tx, person.user().id()));
    }

    /// Signs in who has proved enough ([SignIns]), in front of this browser. The same person goes
    /// on with the same session; another's ends, and one that counts elsewhere, which was opened on
    /// another's word.
    Entered enter(
            Tx tx, @Nullable String cookie, @Nullable String userAgent, User user, Entry entry) {
        sessions.holdProvider(tx, entry.providerId());
        var before = now(tx, cookie).map(Person::session).orElse(null);
        if (before != null && (!before.userId().equals(user.id())
                || !Objects.equals(before.boundTo(), entry.boundTo()))) {
            sessions.end(tx, before.id());
            before = null;
        }
        var opened = before == null ? sessions.openForBrowser(tx, user, entry, userAgent)
                : sessions.again(tx, before, entry);
        return new Entered(new Person(user, opened.session()), opened.secret());
    }

    /// Signs out.
    void leave(Grant grant, Person person) {
        database.write(grant, tx -> sessions.end(tx, person.session().id()));
    }
}
