package orrery.server.auth.federation;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.federation.Refusal.Reason;
import orrery.server.auth.login.Homes;
import orrery.server.auth.login.Logins;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.Proof;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.provider.Provider;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Which account somebody has who comes from another provider.
@Singleton
public final class Identities {
    /// How long after proving who they are somebody may change how they sign in.
    static final Duration FRESH = Duration.ofMinutes(5);

    private static final String KIND = "identity";

    private final IdentityTable table = new IdentityTable();
    private final Database database;
    private final Users users;
    private final Members members;
    private final Homes homes;
    private final Logins logins;
    private final Sessions sessions;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    public Identities(
            Database database, Users users, Members members, Homes homes, Logins logins,
            Sessions sessions, Events events, Ids ids, Clock clock) {
        this.database = database;
        this.users = users;
        this.members = members;
        this.homes = homes;
        this.logins = logins;
        this.sessions = sessions;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /// A person and how they came in.
    record Found(User user, Entry entry) {}

    /// The account of who comes, made for them where the provider may.
    ///
    /// @throws Refusal
    Found arrive(Tx tx, Provider provider, Claimed claimed) {
        var known = table.find(tx, provider.realm(), claimed.issuer(), claimed.subject());
        return known.isPresent() ? again(tx, provider, claimed, known.get())
                : first(tx, provider, claimed);
    }

    private Found again(Tx tx, Provider provider, Claimed claimed, Identity known) {
        var user = users.byId(tx, known.userId()).filter(User::isActive)
                .orElseThrow(() -> new Refusal(Reason.INACTIVE, "the account is not active"));
        var entry = entry(tx, provider, user, known.projectId()).with(claimed.proof());
        table.used(tx, new Identity(known.id(), user.id(), known.realm(), known.issuer(),
                known.subject(), provider.id(), claimed.email(), isProved(provider, claimed),
                entry.home().project(), known.createdAt(), clock.instant()));
        return new Found(user, entry);
    }

    /// An organization's provider lets nobody in but there, and the session counts only there.
    private Entry entry(Tx tx, Provider provider, User user, @Nullable String project) {
        var organization = provider.organizationId();
        if (organization == null) {
            return new Entry(user.home(), null, Proof.BY_PROVIDER, provider.id());
        }
        if (!members.isActive(tx, organization, user.id())) {
            throw new Refusal(Reason.NOT_MEMBER, "the person is no active member");
        }
        return new Entry(organization.equals(user.home().organization()) ? user.home()
                : homes.again(tx, organization, user.id(), project, user.name()), organization,
                Proof.BY_PROVIDER, provider.id());
    }

    private Found first(Tx tx, Provider provider, Claimed claimed) {
        var organization = provider.joinOrganizationId();
        var email = claimed.email();
        if (organization == null || !mayJoin(provider, claimed)) {
            throw new Refusal(Reason.NOT_LET_IN,
                    "the provider makes no account for who comes with this address");
        }
        if (email == null) {
            throw new Refusal(Reason.PERSON, "the provider tells no e-mail address");
        }
        // Whoever holds the address elsewhere proves nothing here: no account is taken over.
        if (users.byEmail(tx, email).isPresent()) {
            throw new Refusal(Reason.ADDRESS_TAKEN, "an account has the address");
        }
        var id = ids.next("usr");
        var name = claimed.name().isEmpty() ? email.substring(0, email.indexOf('@'))
                : claimed.name();
        try {
            members.add(tx, organization, id, Predefined.MEMBER);
            var home = homes.settle(tx, organization, id, null, name);
            var user = users.create(tx, id, email, name, home);
            insert(tx, provider, claimed, user, home.project());
            if (isProved(provider, claimed)) {
                user = users.changeEmail(tx, id, email);
            }
            return new Found(user, new Entry(
                    home, provider.organizationId(), claimed.proof(), provider.id()));
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.AlreadyExists) {
                throw new Refusal(Reason.ADDRESS_TAKEN, "an account has the address");
            }
            throw refusal;
        }
    }

    /// Whether who came may give the account a second factor. An organization's provider speaks for
    /// an account only where nobody else does: there is no other way in.
    boolean mayEnrol(Tx tx, Found found) {
        var realm = found.entry().boundTo();
        var user = found.user();
        return realm == null || realm.equals(user.home().organization())
                && !logins.hasPassword(tx, user.id())
                && table.ofUser(tx, user.id()).stream()
                        .allMatch(one -> one.realm().equals(realm));
    }

    private static boolean mayJoin(Provider provider, Claimed claimed) {
        return switch (provider.signUp()) {
            case ANYONE -> true;
            case DOMAIN -> isProved(provider, claimed);
            case NOBODY -> false;
        };
    }

    /// The provider's word for an address counts in the domain that it proved, and nowhere else.
    private static boolean isProved(Provider provider, Claimed claimed) {
        return claimed.emailVerified() && claimed.email() != null
                && provider.covers(claimed.email());
    }

    private Identity insert(
            Tx tx, Provider provider, Claimed claimed, User user, @Nullable String project) {
        var now = clock.instant();
        var made = new Identity(ids.next("uid"), user.id(), provider.realm(), claimed.issuer(),
                claimed.subject(), provider.id(), claimed.email(), isProved(provider, claimed),
                project, now, now);
        if (!table.insert(tx, made)) {
            throw new Refusal(Reason.LINKED_ELSEWHERE, "somebody was faster");
        }
        events.append(tx, event("identity.linked", made));
        return made;
    }

    /// Makes who comes the person of a session, who asked for that in it.
    ///
    /// @throws Refusal
    Identity link(Tx tx, Provider provider, Claimed claimed, String session) {
        var asked = sessions.live(tx, session).filter(Session::isOwn)
                .orElseThrow(() -> new Refusal(Reason.STATE, "the session has ended"));
        var user = users.byId(tx, asked.userId()).filter(User::isActive)
                .orElseThrow(() -> new Refusal(Reason.INACTIVE, "the account is not active"));
        var known = table.find(tx, provider.realm(), claimed.issuer(), claimed.subject());
        if (known.isPresent()) {
            if (!known.get().userId().equals(user.id())) {
                throw new Refusal(Reason.LINKED_ELSEWHERE, "another account has it");
            }
            return known.get();
        }
        var project = entry(tx, provider, user, null).home().project();
        return insert(tx, provider, claimed, user, project);
    }

    /// How the caller may sign in, beside the password.
    public List<Identity> list(Grant grant) {
        return database.read(grant, tx -> table.ofUser(tx, own(tx).userId()));
    }

    /// Takes one of the caller's away. What it signed in goes on until it ends.
    ///
    /// @throws Problem.Failure [Problem.Conflict] for the last way to sign in, [Problem.Refused]
    ///     when the caller proved who they are too long ago
    public void remove(Grant grant, String id) {
        database.write(grant, tx -> {
            var user = fresh(tx).userId();
            table.lock(tx, user);
            var all = table.ofUser(tx, user);
            var found = all.stream().filter(one -> one.id().equals(id)).findFirst()
                    .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
            if (all.size() == 1 && !logins.hasPassword(tx, user)) {
                throw new Problem.Conflict(KIND, id,
                        "it is the last way to sign in: set a password first").raise();
            }
            table.delete(tx, user, id);
            events.append(tx, event("identity.unlinked", found));
        });
    }

    /// The caller's own session, in which they have just proved who they are.
    ///
    /// @throws Problem.Failure [Problem.Refused]
    Session fresh(Tx tx) {
        var session = own(tx);
        if (session.authenticatedAt().plus(FRESH).isBefore(clock.instant())) {
            throw new Problem.Refused("change of how one signs in", "you signed in more than "
                    + FRESH.toMinutes() + " minutes ago: sign in again first").raise();
        }
        return session;
    }

    private Session own(Tx tx) {
        var caller = tx.grant().principal();
        return Optional.ofNullable(caller.credential())
                .filter(_ -> caller.kind() == Principal.Kind.USER)
                .flatMap(id -> sessions.live(tx, id)).filter(Session::isOwn)
                .orElseThrow(() -> new Problem.Refused("look at identities", "only the person"
                        + " themself does, signed in by a way of their own").raise());
    }

    private static NewEvent event(String type, Identity about) {
        return new NewEvent(type, new Subject("user", about.userId()),
                about.realm().isEmpty() ? null : Scope.organization(about.realm()),
                Map.of("issuer", about.issuer(),
                        "provider", Objects.requireNonNullElse(about.providerId(), "")));
    }
}
