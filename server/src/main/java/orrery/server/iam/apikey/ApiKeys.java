package orrery.server.iam.apikey;

import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.policy.Evaluator;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.ProjectEnd;
import orrery.server.iam.policy.Reach;
import orrery.server.iam.user.Departure;
import org.jspecify.annotations.Nullable;

/// API keys. Everybody manages their own, as far as the credential that they do it with reaches:
/// a narrow token never makes, mends or reads the secret of a wider key. Administrators see,
/// narrow, disable and delete those of others that count in their organization.
@Singleton
public final class ApiKeys implements Departure, ProjectEnd {
    private static final String KIND = "API key";
    private static final int MOST = 100;
    private static final Permission LIST = new Permission("iam.apikeys.list");
    private static final Permission GET = new Permission("iam.apikeys.get");
    private static final Permission UPDATE = new Permission("iam.apikeys.update");
    private static final Permission ROTATE = new Permission("iam.apikeys.rotate");
    private static final Permission DELETE = new Permission("iam.apikeys.delete");

    /// The last use is noted no more often than this.
    private static final Duration NOTED = Duration.ofMinutes(1);

    private final ApiKeyTable table = new ApiKeyTable();
    private final Database database;
    private final Policies policies;
    private final Evaluator evaluator;
    private final KeySecrets secrets;
    private final Access access;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public ApiKeys(
            Database database, Policies policies, Evaluator evaluator, KeySecrets secrets,
            Access access, Epochs epochs, Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.policies = policies;
        this.evaluator = evaluator;
        this.secrets = secrets;
        this.access = access;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes a key of the caller's for `scope`, where the caller must hold something.
    ///
    /// @throws Problem.Failure [Problem.NotFound] for a place that the caller may not know,
    ///     or [Problem.Unprocessable] for a role that the caller does not hold, or an end that the
    ///     organization does not allow
    public ApiKey.WithSecret create(Grant grant, ApiKey.New asked, Scope scope) {
        var caller = grant.principal();
        themself(caller);
        if (evaluator.held(caller, scope).isEmpty()) {
            throw new Problem.NotFound(kind(scope), scope.project() != null ? scope.project()
                    : String.valueOf(scope.organization())).raise();
        }
        return database.tx(grant, tx -> {
            var roles = allowed(tx, caller, scope, asked.roles());
            if (table.count(tx, caller.id()) >= MOST) {
                throw new Problem.QuotaExceeded("API keys of one user", MOST, MOST + 1).raise();
            }
            var id = ids.next("key");
            var now = clock.instant();
            var expires = CredentialTerms.of(tx, scope).ofKey(scope, asked.expiresAt(), now);
            var name = asked.name() == null ? Slug.of("apikey", id) : asked.name();
            var key = new ApiKey(id, caller.id(), scope, name, asked.displayName(),
                    asked.description(), roles, true, expires, null, null, 1, now, now);
            var secret = secrets.next(KeySecrets.Kind.API_KEY, id);
            if (!table.insert(tx, key, secrets.hash(secret))) {
                throw new Problem.AlreadyExists(KIND, name).raise();
            }
            events.append(tx, event("apikey.created", key));
            return new ApiKey.WithSecret(key, secret);
        });
    }

    /// One page of the caller's own, the newest first; of others' too where the caller looks after
    /// the keys of an organization.
    ///
    /// @param createdBy whose; `*` for everybody's, `null` for the caller's own
    /// @throws Problem.Failure [Problem.Forbidden] for others', where the caller sees nobody else's
    public Page<ApiKey> list(Grant grant, PageAsk ask, @Nullable String createdBy) {
        var caller = grant.principal().id();
        var user = createdBy == null ? caller : createdBy.equals("*") ? "" : createdBy;
        return database.read(grant, tx -> {
            var reach = user.equals(caller) ? Reach.NOWHERE
                    : policies.reach(tx, grant.principal(), LIST);
            if (!user.equals(caller) && reach.equals(Reach.NOWHERE)) {
                throw new Problem.Forbidden(LIST.name(), "your organization, for the keys of"
                        + " others").raise();
            }
            return table.list(tx, paging, ask, caller, user, reach);
        });
    }

    /// One of the caller's own, or of a place whose keys the caller looks after. All others do not
    /// exist for it.
    public ApiKey get(Grant grant, String id) {
        return database.read(grant, tx -> find(tx, grant, id, GET));
    }

    /// Changes one of the caller's own, or of a place whose keys the caller looks after.
    ///
    /// @param patch makes the new values out of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.IllegalTransition] for the state of a key that has expired,
    ///     [Problem.Refused] for one that reaches further than the caller's credential, or that is
    ///     another's and would come to count for more roles
    public ApiKey change(Grant grant, String id, Function<ApiKey, ApiKey.Change> patch,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var key = find(tx, grant, id, UPDATE);
            var isOwn = isOwn(grant, key);
            if (isOwn) {
                within(grant, key);
            }
            var change = patch.apply(key);
            IfMatch.verify(KIND, id, key.version(), expected);
            if (change.isEnabled() != null
                    && key.state(clock.instant()) == ApiKey.State.EXPIRED) {
                throw new Problem.IllegalTransition(KIND, id, "expired",
                        change.isEnabled() ? "enable" : "disable").raise();
            }
            var roles = Objects.equals(change.roles(), key.roles()) ? key.roles()
                    : isOwn ? allowed(tx, grant.principal(), key.scope(), change.roles())
                    : narrower(key, change.roles());
            var changed = table.change(tx, id, new ApiKey.Change(change.displayName(),
                    change.description(), roles, change.isEnabled()), clock.instant());
            changed(tx, "apikey.updated", changed);
            return changed;
        });
    }

    /// The roles of another's key can be made fewer, and no more.
    private static Set<String> narrower(ApiKey key, @Nullable Set<String> asked) {
        if (asked == null || key.roles() != null && !key.roles().containsAll(asked)) {
            throw new Problem.Refused("change of this API key's roles",
                    "only its owner lets it count for more").raise();
        }
        return asked;
    }

    /// Gives one of the caller's own a new secret. Nobody gets that of another's: it acts for them.
    ///
    /// @param grace how long the old one still counts
    public ApiKey.WithSecret rotate(Grant grant, String id, Duration grace) {
        themself(grant.principal());
        return database.tx(grant, tx -> {
            var key = find(tx, grant, id, ROTATE);
            if (!isOwn(grant, key)) {
                throw new Problem.Refused("rotation of this API key", "only its owner gets its"
                        + " secret; disable or delete it instead").raise();
            }
            within(grant, key);
            var now = clock.instant();
            var state = key.state(now);
            if (state != ApiKey.State.ACTIVE) {
                throw new Problem.IllegalTransition(KIND, id,
                        state.name().toLowerCase(Locale.ROOT), "rotate").raise();
            }
            var secret = secrets.next(KeySecrets.Kind.API_KEY, id);
            var rotated = table.rotate(tx, id, secrets.hash(secret), now.plus(grace), now);
            changed(tx, "apikey.rotated", rotated);
            return new ApiKey.WithSecret(rotated, secret);
        });
    }

    /// Deletes one of the caller's own, or of a place whose keys the caller looks after. Tokens
    /// that were got with it end at once.
    public void delete(Grant grant, String id) {
        database.write(grant, tx -> {
            var key = find(tx, grant, id, DELETE);
            table.delete(tx, id);
            changed(tx, "apikey.deleted", key);
        });
    }

    /// The key of a secret; empty when there is none, or it does not count now.
    public Optional<ApiKey> bySecret(Tx tx, String secret) {
        var id = KeySecrets.id(KeySecrets.Kind.API_KEY, secret).orElse("");
        var hash = secrets.hash(secret);
        var now = clock.instant();
        var matches = table.hashes(tx, id).filter(kept ->
                MessageDigest.isEqual(hash, kept.hash())
                        || kept.old() != null && kept.oldUntil() != null
                                && now.isBefore(kept.oldUntil())
                                && MessageDigest.isEqual(hash, kept.old()));
        return matches.flatMap(kept -> active(tx, id));
    }

    /// The key, if it counts now, and its user belongs to where it counts.
    public Optional<ApiKey> active(Tx tx, String id) {
        var now = clock.instant();
        return table.find(tx, id).filter(key -> key.state(now) == ApiKey.State.ACTIVE)
                .filter(key -> key.scope().organization() == null
                        || table.belongs(tx, key.userId(), key.scope().organization()));
    }

    /// Keys of somebody who is suspended count again when the person does.
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

    /// Notes that a key was used, and from where.
    public void used(Tx tx, ApiKey key, @Nullable String address) {
        var now = clock.instant();
        if (key.lastUsedAt() == null || key.lastUsedAt().plus(NOTED).isBefore(now)) {
            table.used(tx, key.id(), now, address);
        }
    }

    /// @param needed what the caller must hold where the key counts, if it is another's
    /// @throws Problem.Failure [Problem.Forbidden] where it may only look
    private ApiKey find(Tx tx, Grant grant, String id, Permission needed) {
        var call = grant.call();
        var found = table.find(tx, id)
                .filter(key -> isOwn(grant, key) || access.allows(call, GET, key.scope()))
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
        if (!isOwn(grant, found)) {
            access.require(call, needed, found.scope());
        }
        return found;
    }

    private static boolean isOwn(Grant grant, ApiKey key) {
        return key.userId().equals(grant.principal().id());
    }

    /// Refuses clients and operators who act for the person: they get nothing that outlives what
    /// they were allowed.
    private static void themself(Principal caller) {
        if (caller.kind() == Principal.Kind.USER && caller.roles() != null) {
            throw new Problem.Refused("API key",
                    "who acts for a person makes no credential of theirs").raise();
        }
    }

    /// Refuses a credential that reaches less far than the key.
    private static ApiKey within(Grant grant, ApiKey key) {
        var caller = grant.principal();
        var reaches = caller.within().contains(key.scope()) && (caller.roles() == null
                || key.roles() != null && caller.roles().containsAll(key.roles()));
        if (!reaches) {
            throw new Problem.Refused("change of this API key",
                    "the credential that you use is narrower than the key").raise();
        }
        return key;
    }

    /// The roles that a key of the caller's may count for: those asked for, if the caller holds
    /// them; else all that the caller's own credential counts for.
    private @Nullable Set<String> allowed(
            Tx tx, Principal caller, Scope scope, @Nullable Set<String> asked) {
        if (asked == null) {
            return caller.roles();
        }
        var held = policies.roleNames(tx, caller.id(), scope);
        var wrong = asked.stream().sorted()
                .filter(role -> !held.contains(role)
                        || caller.roles() != null && !caller.roles().contains(role))
                .map(role -> new Problem.Mistake("roles", "you do not hold the role " + role))
                .toList();
        if (!wrong.isEmpty()) {
            throw new Problem.Unprocessable(wrong).raise();
        }
        return asked;
    }

    private void changed(Tx tx, String type, ApiKey key) {
        epochs.raise(tx, key.userId());
        events.append(tx, event(type, key));
    }

    private static NewEvent event(String type, ApiKey key) {
        return new NewEvent(type, new Subject("apikey", key.id()), key.scope(),
                Map.of("name", key.name()));
    }

    private static String kind(Scope scope) {
        return scope.project() != null ? "project" : "organization";
    }
}
