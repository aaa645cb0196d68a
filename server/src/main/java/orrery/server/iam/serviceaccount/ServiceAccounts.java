package orrery.server.iam.serviceaccount;

import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Epochs;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Locator;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.iam.apikey.CredentialTerms;
import orrery.server.iam.apikey.KeySecrets;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.policy.Policy;
import orrery.server.iam.policy.ProjectEnd;
import orrery.server.iam.role.Ceiling;
import orrery.server.iam.role.Predefined;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Roles;
import orrery.server.iam.serviceaccount.ServiceAccount.Credential;

/// Service accounts and their credentials.
@Singleton
public final class ServiceAccounts implements Locator, ProjectEnd {
    private static final String KIND = "service account";

    /// So that one can be replaced while the others are in use.
    private static final int MOST_CREDENTIALS = 5;

    /// The last use is noted no more often than this.
    private static final Duration NOTED = Duration.ofMinutes(1);

    private final ServiceAccountTable table = new ServiceAccountTable();
    private final CredentialTable credentials = new CredentialTable();
    private final Database database;
    private final Roles roles;
    private final Policies policies;
    private final KeySecrets secrets;
    private final Access access;
    private final Epochs epochs;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    /// One that proved itself.
    ///
    /// @param id `sa_…`
    /// @param scope what it holds counts here and below
    /// @param expiresAt of its credential; `null` for one that does not expire
    public record Proven(String id, String clientId, String credentialId, Scope scope,
            @Nullable Instant expiresAt) {}

    public ServiceAccounts(Database database, Roles roles, Policies policies, KeySecrets secrets,
            Access access, Epochs epochs, Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.roles = roles;
        this.policies = policies;
        this.secrets = secrets;
        this.access = access;
        this.epochs = epochs;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Makes one for the organization or project that the grant is for.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.Unprocessable] for
    ///     roles that the caller does not hold
    public ServiceAccount create(Grant grant, ServiceAccount.New asked) {
        return database.tx(grant, tx -> {
            var id = ids.next("sa");
            var place = grant.scope();
            var name = asked.name() == null ? Slug.of("sa", id) : asked.name();
            var now = clock.instant();
            var account = new ServiceAccount(id, place.requireOrganization(), place.project(),
                    name, asked.displayName(), asked.description(),
                    clientId(tx, place, name), ServiceAccount.State.ACTIVE, List.of(), 0,
                    grant.principal().id(), 1, now, now);
            if (!table.insert(tx, account)) {
                throw new Problem.AlreadyExists(KIND, name).raise();
            }
            give(tx, grant, account, asked.roles());
            events.append(tx, event("service-account.created", account, Map.of()));
            return find(tx, grant, id);
        });
    }

    public Page<ServiceAccount> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask, grant.scope()));
    }

    /// @param key identifier or name
    public ServiceAccount get(Grant grant, String key) {
        return database.read(grant, tx -> find(tx, grant, key));
    }

    /// @param patch makes the new values out of the old ones
    /// @param expected the version that the caller knows, if it cares
    public ServiceAccount change(Grant grant, String key,
            Function<ServiceAccount, ServiceAccount.Change> patch, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var account = lock(tx, grant, key, expected);
            var change = patch.apply(account);
            table.change(tx, account.id(), change, clock.instant());
            var lost = new HashSet<>(account.roles());
            lost.removeAll(change.roles());
            for (var name : lost) {
                policies.take(tx, role(tx, account.scope(), name), holder(account),
                        account.scope());
            }
            var added = new HashSet<>(change.roles());
            added.removeAll(account.roles());
            give(tx, grant, account, added);
            changed(tx, "service-account.updated", account, Map.of("state", change.state()));
            return find(tx, grant, account.id());
        });
    }

    /// Deletes one with its credentials. Tokens that were got with them end at once.
    public void delete(Grant grant, String key, OptionalLong expected) {
        database.write(grant, tx -> {
            var account = lock(tx, grant, key, expected);
            policies.takeAll(tx, holder(account), account.organizationId());
            table.delete(tx, account.id());
            changed(tx, "service-account.deleted", account, Map.of());
        });
    }

    @Override
    public void ended(Tx tx, Scope project) {
        for (var account : table.in(tx, project)) {
            policies.takeAll(tx, holder(account), account.organizationId());
            table.delete(tx, account.id());
            changed(tx, "service-account.deleted", account, Map.of());
        }
    }

    /// Makes a credential.
    ///
    /// @throws Problem.Failure [Problem.TooManyCredentials] for a sixth one that counts,
    ///     [Problem.Unprocessable] for an end that the organization does not allow
    public ServiceAccount.WithSecret addCredential(
            Grant grant, String key, @Nullable Instant expires) {
        return database.tx(grant, tx -> {
            var account = lock(tx, grant, key, OptionalLong.empty());
            // Whoever has the secret holds what the account holds.
            policies.checkCeiling(tx, access, grant.call(), holder(account), "service account");
            var now = clock.instant();
            if (credentials.countActive(tx, account.id(), now) >= MOST_CREDENTIALS) {
                throw new Problem.TooManyCredentials("service account " + account.name(),
                        MOST_CREDENTIALS).raise();
            }
            var until = CredentialTerms.of(tx, account.scope()).ofCredential(expires, now);
            var credential = new Credential(ids.next("crd"), account.id(), until, null, null,
                    grant.principal().id(), now);
            var secret = secrets.next(KeySecrets.Kind.CLIENT, credential.id());
            credentials.insert(tx, credential, secrets.hash(secret));
            events.append(tx, event("service-account.credentialCreated", account,
                    Map.of("credentialId", credential.id())));
            return new ServiceAccount.WithSecret(credential, secret);
        });
    }

    public Page<Credential> credentials(Grant grant, String key, PageAsk ask) {
        return database.read(grant,
                tx -> credentials.list(tx, paging, ask, find(tx, grant, key).id()));
    }

    public Credential credential(Grant grant, String key, String id) {
        return database.read(grant,
                tx -> present(credentials.find(tx, find(tx, grant, key).id(), id), id));
    }

    /// Deletes a credential. Tokens that were got with it end at once.
    public void deleteCredential(Grant grant, String key, String id) {
        database.write(grant, tx -> {
            var account = lock(tx, grant, key, OptionalLong.empty());
            present(credentials.find(tx, account.id(), id), id);
            credentials.delete(tx, id);
            changed(tx, "service-account.credentialDeleted", account,
                    Map.of("credentialId", id));
        });
    }

    /// The account that a client's identifier and secret prove; empty when they do not, or do not
    /// count now.
    public Optional<Proven> bySecret(Tx tx, String clientId, String secret) {
        var id = KeySecrets.id(KeySecrets.Kind.CLIENT, secret).orElse("");
        var hash = secrets.hash(secret);
        return credentials.counting(tx, id, clock.instant())
                .filter(found -> MessageDigest.isEqual(hash, found.hash()))
                .filter(found -> found.clientId().equals(clientId))
                .flatMap(found -> byCredential(tx, clientId, id));
    }

    /// The account of a credential that was shown before, if it still counts.
    public Optional<Proven> byCredential(Tx tx, String clientId, String credential) {
        return credentials.counting(tx, credential, clock.instant())
                .filter(found -> found.clientId().equals(clientId))
                .flatMap(found -> table.byClient(tx, clientId).map(account -> new Proven(
                        account.id(), clientId, credential, account.scope(),
                        found.expiresAt())));
    }

    /// The account of a client that is not disabled; its secret is not asked for.
    public Optional<Proven> byClient(Tx tx, String clientId) {
        return table.byClient(tx, clientId)
                .map(found -> new Proven(found.id(), clientId, "", found.scope(), null));
    }

    /// Notes that a credential was used, and from where.
    public void used(Tx tx, Proven proven, @Nullable String address) {
        var now = clock.instant();
        credentials.used(tx, proven.credentialId(), now, now.minus(NOTED), address);
    }

    @Override
    public String prefix() {
        return "sa";
    }

    @Override
    public Optional<Scope> find(Tx tx, String id) {
        return table.byId(tx, id).map(ServiceAccountTable.Place::scope);
    }

    private String clientId(Tx tx, Scope place, String name) {
        return name + "@" + table.organization(tx, place.requireOrganization()) + ".iam";
    }

    private void give(Tx tx, Grant grant, ServiceAccount account, Set<String> names) {
        for (var name : names.stream().sorted().toList()) {
            var role = role(tx, account.scope(), name);
            Ceiling.check(access, grant.call(), role.permissions(), account.scope(), "roles");
            policies.give(tx, role, holder(account), account.scope());
        }
    }

    private Role role(Tx tx, Scope place, String name) {
        return roles.at(tx, place, name).filter(role -> !role.equals(Predefined.OWNER))
                .orElseThrow(() -> new Problem.Unprocessable(List.of(new Problem.Mistake("roles",
                        "there is no role " + name + " that a service account can have there")))
                        .raise());
    }

    private ServiceAccount lock(Tx tx, Grant grant, String key, OptionalLong expected) {
        table.lock(tx, find(tx, grant, key).id());
        var found = find(tx, grant, key);
        IfMatch.verify(KIND, key, found.version(), expected);
        return found;
    }

    private ServiceAccount find(Tx tx, Grant grant, String key) {
        return present(table.find(tx, grant.scope(), key), key);
    }

    private static <T> T present(Optional<T> found, String key) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, key).raise());
    }

    private static Policy.Holders holder(ServiceAccount account) {
        return new Policy.Holders.ServiceAccount(account.id());
    }

    private void changed(Tx tx, String type, ServiceAccount account, Map<String, ?> more) {
        epochs.raise(tx, account.id());
        // Its tokens name the client.
        epochs.raise(tx, account.clientId());
        events.append(tx, event(type, account, more));
    }

    private static NewEvent event(String type, ServiceAccount account, Map<String, ?> data) {
        return new NewEvent(type, new Subject("service-account", account.id()), account.scope(),
                data.isEmpty() ? Map.of("name", account.name()) : data);
    }
}
