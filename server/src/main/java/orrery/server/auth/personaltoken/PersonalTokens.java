package orrery.server.auth.personaltoken;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.access.TokenScopes;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.apikey.CredentialTerms;
import orrery.server.iam.policy.ProjectEnd;
import orrery.server.iam.user.Departure;
import orrery.server.iam.user.Members;
import orrery.server.iam.user.People;
import orrery.server.iam.user.User;

/// Personal tokens. Everybody makes their own; who administers the person's organization may see
/// and end them, and nobody but the person ever learns a secret.
@Singleton
public final class PersonalTokens implements Departure, ProjectEnd {
    /// How a secret begins, and nothing else does.
    public static final String PREFIX = "k8sh_";

    private static final String KIND = "token";
    private static final Permission SEE = new Permission("iam.users.get");
    private static final Permission END = new Permission("iam.users.update");
    private static final int SECRET_LENGTH = PREFIX.length() + 43;
    private static final int PREVIEWED = PREFIX.length() + 8;
    private static final int MOST = 100;
    private static final int MOST_OF_WORKSPACE = 20;

    /// How long one counts when nobody says.
    private static final Duration LIFE = Duration.ofDays(90);

    /// How long one may count.
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);

    /// Kept for those who ask what happened.
    private static final Duration RETENTION = Duration.ofHours(6);

    /// The last use is noted no more often than this.
    private static final Duration NOTED = Duration.ofMinutes(1);

    private final PersonalTokenTable table = new PersonalTokenTable();
    private final Database database;
    private final People people;
    private final Members members;
    private final RandomSecrets secrets;
    private final Epochs epochs;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    public PersonalTokens(
            Database database, People people, Members members, RandomSecrets secrets,
            Epochs epochs, Events events, Ids ids, Clock clock) {
        this.database = database;
        this.people = people;
        this.members = members;
        this.secrets = secrets;
        this.epochs = epochs;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    /// Whether a text may be such a secret.
    public static boolean is(String secret) {
        return secret.startsWith(PREFIX);
    }

    /// Makes one for the caller, good for no more than what the caller shows itself.
    ///
    /// @param username whose; `null` for the caller, and no other
    public PersonalToken.WithSecret create(
            Grant grant, @Nullable String username, PersonalToken.New asked) {
        var user = people.self(grant, username);
        return database.tx(grant, tx -> issue(tx, user, new Terms(home(grant),
                grant.principal().within().organization() != null, asked.name(),
                within(grant, asked.scopes()), end(tx, grant, asked.expiresAt()))));
    }

    /// What a token is to be.
    ///
    /// @param isBound whether it counts in its organization only, whoever its person is: it reaches
    ///     no further than the credential that it was asked for with
    public record Terms(
            Scope home, boolean isBound, String name, Set<String> scopes, Instant expiresAt) {}

    /// Makes one for a person who has just agreed to it.
    public PersonalToken.WithSecret issue(Tx tx, User user, Terms terms) {
        if (table.count(tx, user.id()) >= MOST) {
            throw new Problem.QuotaExceeded("tokens of one person", MOST, MOST + 1).raise();
        }
        return insert(tx, user, terms);
    }

    /// Makes one for a workspace of the person's, which has proved that it is one. It is not among
    /// those that the person looks after, and ends with the workspace's pod.
    ///
    /// @throws Problem.Failure [Problem.RateLimited] when the workspace has too many that count
    public PersonalToken.WithSecret issueFor(Tx tx, String workspace, User user, Terms terms) {
        var now = clock.instant();
        if (table.ofWorkspace(tx, workspace, now) >= MOST_OF_WORKSPACE) {
            throw new Problem.RateLimited(Duration.between(now, terms.expiresAt())).raise();
        }
        var made = insert(tx, user, terms);
        table.give(tx, made.token().id(), workspace);
        return made;
    }

    /// Ends all that a workspace was given.
    public void endOfWorkspace(Tx tx, String workspace) {
        table.endOfWorkspace(tx, workspace).forEach(user -> epochs.raise(tx, user));
    }

    private PersonalToken.WithSecret insert(Tx tx, User user, Terms terms) {
        var now = clock.instant();
        table.sweep(tx, now.minus(RETENTION));
        var secret = PREFIX + secrets.next();
        var token = new PersonalToken(ids.next("pat"), user.id(), terms.home(), terms.isBound(),
                terms.name(), preview(secret), List.copyOf(terms.scopes()), true, null, now, now,
                terms.expiresAt());
        if (!table.insert(tx, token, RandomSecrets.hash(secret))) {
            throw new Problem.AlreadyExists(KIND, terms.name()).raise();
        }
        tell(tx, "token.created", token);
        return new PersonalToken.WithSecret(token, secret);
    }

    /// The newest first.
    public List<PersonalToken> list(Grant grant, @Nullable String username) {
        var user = people.see(grant, username, SEE);
        return database.read(grant, tx -> table.list(tx, user.id(), MOST));
    }

    /// Changes, renews or revokes one of the caller's own.
    public PersonalToken.WithSecret change(
            Grant grant, @Nullable String username, String id, PersonalToken.Change change) {
        var user = people.self(grant, username);
        return database.tx(grant, tx -> {
            var old = find(tx, user, id);
            var secret = change.renew() ? PREFIX + secrets.next() : null;
            var changed = table.change(tx, changed(tx, grant, old, change, secret),
                    secret == null ? null : RandomSecrets.hash(secret));
            tell(tx, secret != null ? "token.renewed"
                    : changed.isActive() ? "token.updated" : "token.revoked", changed);
            return new PersonalToken.WithSecret(changed, secret);
        });
    }

    private PersonalToken changed(Tx tx, Grant grant, PersonalToken old,
            PersonalToken.Change change, @Nullable String secret) {
        // Whoever shows a narrow token may revoke a wider one, and do nothing else with it.
        if (!change.onlyRevokes()) {
            within(grant, Set.copyOf(old.scopes()));
        }
        var scopes = change.scopes() == null ? Set.copyOf(old.scopes())
                : within(grant, change.scopes());
        var name = change.name() == null ? old.name() : change.name();
        if (table.isTaken(tx, old, name)) {
            throw new Problem.AlreadyExists(KIND, name).raise();
        }
        if (Boolean.TRUE.equals(change.active()) && !old.isActive() && secret == null) {
            throw new Problem.IllegalTransition(
                    KIND, old.id(), "revoked", "activate it without renew").raise();
        }
        var expires = change.expiresAt() != null || secret != null
                ? end(tx, grant, change.expiresAt()) : old.expiresAt();
        return new PersonalToken(old.id(), old.userId(), old.home(), old.isBound(), name,
                secret == null ? old.preview() : preview(secret), List.copyOf(scopes),
                change.active() == null ? old.isActive() || secret != null : change.active(),
                old.lastUsedAt(), old.createdAt(), clock.instant(), expires);
    }

    /// Takes one away, at once.
    public void delete(Grant grant, @Nullable String username, String id) {
        var user = people.see(grant, username, END);
        database.write(grant, tx -> {
            var token = find(tx, user, id);
            table.delete(tx, token.id());
            tell(tx, "token.deleted", token);
        });
    }

    /// The token of a secret; empty when there is none, or it does not count now.
    public Optional<PersonalToken> bySecret(Tx tx, String secret) {
        return secret.length() != SECRET_LENGTH ? Optional.empty()
                : table.byHash(tx, RandomSecrets.hash(secret))
                        .filter(token -> token.counts(clock.instant()))
                        .filter(token -> members.isActive(
                                tx, token.home().requireOrganization(), token.userId()));
    }

    /// Notes that one was used, and from where.
    public void used(Tx tx, PersonalToken token, @Nullable String address) {
        var now = clock.instant();
        if (token.lastUsedAt() == null || token.lastUsedAt().plus(NOTED).isBefore(now)) {
            table.used(tx, token.id(), now, address);
        }
    }

    /// Tokens of somebody who is suspended count again when the person does.
    @Override
    public void suspended(Tx tx, String user, @Nullable String organization) {
        epochs.raise(tx, user);
    }

    @Override
    public void left(Tx tx, String user, String organization) {
        table.deleteAll(tx, user, organization);
        epochs.raise(tx, user);
    }

    @Override
    public void ended(Tx tx, Scope project) {
        table.deleteIn(tx, project.requireProject()).forEach(user -> epochs.raise(tx, user));
    }

    private PersonalToken find(Tx tx, User user, String id) {
        return table.find(tx, user.id(), id)
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
    }

    /// Where the caller is. Clients, operators who act as somebody, and API keys make no token:
    /// it would outlive what they were allowed.
    private static Scope home(Grant grant) {
        var caller = grant.principal();
        var isOwn = caller.roles() == null
                && (caller.kind() == Principal.Kind.USER || caller.scopes() != null);
        if (!isOwn || grant.scope().project() == null) {
            throw new Problem.Refused("a personal token",
                    "only the person themself makes one, signed in or by a token that is good for"
                            + " token:create").raise();
        }
        return grant.scope();
    }

    /// The scopes, if the caller's own credential is good for them all.
    private static Set<String> within(Grant grant, Set<String> scopes) {
        home(grant);
        TokenScopes own = grant.principal().scopes();
        var wider = scopes.stream().filter(it -> own != null && !own.cover(it)).sorted()
                .map(it -> new Problem.Mistake("scopes",
                        "the token that you use is not good for " + it)).toList();
        if (!wider.isEmpty()) {
            throw new Problem.Unprocessable(wider).raise();
        }
        return scopes;
    }

    /// When it ends: no later than the token that asks for it, nor than the organization allows
    /// for API keys.
    private Instant end(Tx tx, Grant grant, @Nullable Instant asked) {
        var now = clock.instant();
        var allowed = CredentialTerms.of(tx, grant.scope()).keyMaxDays();
        var latest = latest(tx, grant, allowed == null || allowed > LONGEST_LIFE.toDays()
                ? now.plus(LONGEST_LIFE) : now.plus(Duration.ofDays(allowed)));
        var wanted = asked != null ? asked
                : now.plus(LIFE).isBefore(latest) ? now.plus(LIFE) : latest;
        if (!wanted.isAfter(now) || wanted.isAfter(latest)) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("expires_at",
                    "must lie ahead, and not after " + latest))).raise();
        }
        return wanted;
    }

    private Instant latest(Tx tx, Grant grant, Instant most) {
        var caller = grant.principal();
        return caller.scopes() == null || caller.credential() == null ? most
                : table.find(tx, caller.id(), caller.credential())
                        .map(PersonalToken::expiresAt).filter(most::isAfter).orElse(most);
    }

    private void tell(Tx tx, String type, PersonalToken token) {
        epochs.raise(tx, token.userId());
        events.append(tx, new NewEvent(type, new Subject(KIND, token.id()),
                Scope.organization(token.home().requireOrganization()),
                Map.of("name", token.name(), "userId", token.userId(),
                        "scopes", token.scopes(), "expiresAt", token.expiresAt().toString())));
    }

    private static String preview(String secret) {
        return secret.substring(0, PREVIEWED);
    }
}
