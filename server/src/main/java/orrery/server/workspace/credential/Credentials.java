package orrery.server.workspace.credential;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import orrery.server.iam.user.People;
import orrery.server.iam.user.User;
import orrery.server.workspace.credential.Credential.Resolved;
import orrery.server.workspace.credential.Credential.Service;

/// People's credentials. Only the person makes them, changes them and learns the secrets; operators
/// see that there are some. Each secret that is handed out is an event.
@Singleton
public final class Credentials {
    public static final SealedColumn SEALED =
            new SealedColumn("credential", "id::text", "sealed_secret");

    private static final String KIND = "credential";
    private static final Permission SEE = new Permission("iam.users.get");
    private static final int MOST = 100;

    /// The last use is noted no more often than this.
    private static final Duration NOTED = Duration.ofMinutes(1);

    private final CredentialTable table = new CredentialTable();
    private final Database database;
    private final People people;
    private final ClusterAccounts accounts;
    private final Sealing sealing;
    private final Access access;
    private final Events events;
    private final Clock clock;

    public Credentials(
            Database database, People people, ClusterAccounts accounts, Sealing sealing,
            Access access, Events events, Clock clock) {
        this.database = database;
        this.people = people;
        this.accounts = accounts;
        this.sealing = sealing;
        this.access = access;
        this.events = events;
        this.clock = clock;
    }

    /// The caller's username.
    public String nameOf(Grant grant) {
        return people.self(grant, null).username();
    }

    /// Those of a person, without secrets, by service and scope.
    ///
    /// @param username `null` for the caller
    public List<Credential> list(Grant grant, @Nullable String username) {
        var user = access.allows(grant.call(), SEE, Scope.PLATFORM)
                ? people.see(grant, username, SEE) : people.self(grant, username);
        return database.read(grant, tx -> table.list(tx, user.id(), MOST));
    }

    /// One of the caller's own with its secret, for exactly that scope.
    ///
    /// @param scope `null` where there is only one of the service
    /// @throws Problem.Failure [Problem.NotFound] where there is none, or it is switched off
    public Resolved resolve(
            Grant grant, @Nullable String username, Service service, @Nullable String scope) {
        var user = themself(grant, username);
        var found = database.read(grant, tx -> only(tx, user, service, scope));
        // Of a cluster it is asked anew what the person may do there, before it is asked for it.
        var issued = service == Service.KUBERNETES
                ? accounts.token(grant, found.scope(), found.subject()) : null;
        return database.tx(grant, tx -> {
            // It may have been changed since.
            var still = only(tx, user, service, found.scope());
            var now = clock.instant();
            if (still.lastUsedAt() == null || still.lastUsedAt().plus(NOTED).isBefore(now)) {
                table.used(tx, still.id(), now);
            }
            tell(tx, grant, "credential.resolved", user, still);
            return issued != null ? new Resolved(still, issued.token(), issued.expires())
                    : new Resolved(still, opened(tx, still), null);
        });
    }

    private Credential only(Tx tx, User user, Service service, @Nullable String scope) {
        var all = table.list(tx, user.id(), MOST).stream()
                .filter(it -> it.service() == service && it.isActive())
                .filter(it -> scope == null || it.scope().equals(scope)).toList();
        if (all.size() > 1) {
            throw new Problem.Invalid(List.of(new Problem.Mistake("scope", "must say which: "
                    + all.stream().map(Credential::scope).collect(Collectors.joining(", ")))))
                    .raise();
        }
        return all.stream().findFirst().orElseThrow(() -> new Problem.NotFound(KIND,
                text(service) + (scope == null ? "" : " for " + scope)).raise());
    }

    private String opened(Tx tx, Credential found) {
        return sealing.open(table.sealed(tx, found.id()).orElseThrow(),
                SEALED.at(Long.toString(found.id())));
    }

    /// Makes one of the caller's own.
    ///
    /// @param secret `null` for a cluster's, which has none
    public Credential create(Grant grant, @Nullable String username, Service service,
            String scope, String subject, @Nullable String secret) {
        check(service, scope, subject, secret, true);
        var user = themself(grant, username);
        if (service == Service.KUBERNETES) {
            accounts.check(grant, scope, subject);
        }
        return database.tx(grant, tx -> {
            if (table.list(tx, user.id(), MOST).size() >= MOST) {
                throw new Problem.QuotaExceeded("credentials of one person", MOST, MOST + 1)
                        .raise();
            }
            var made = table.insert(tx, user.id(), service, scope, subject, clock.instant())
                    .orElseThrow(() -> new Problem.AlreadyExists(KIND, scope).raise());
            seal(tx, made, secret);
            tell(tx, grant, "credential.created", user, made);
            return made;
        });
    }

    /// What is to be different; `null` for what stays.
    public record Change(
            @Nullable String scope, @Nullable String subject, @Nullable String secret,
            @Nullable Boolean active) {}

    /// Changes one of the caller's own.
    public Credential change(
            Grant grant, @Nullable String username, Service service, long id, Change change) {
        check(service, change.scope(), change.subject(), change.secret(), false);
        var user = themself(grant, username);
        var old = database.read(grant, tx -> find(tx, user, service, id));
        var wanted = new Credential(id, service, or(change.scope(), old.scope()),
                or(change.subject(), old.subject()),
                change.active() == null ? old.isActive() : change.active(), old.createdAt(),
                old.updatedAt(), old.lastUsedAt());
        if (service == Service.KUBERNETES) {
            accounts.check(grant, wanted.scope(), wanted.subject());
        }
        return database.tx(grant, tx -> {
            find(tx, user, service, id);
            var isTaken = table.list(tx, user.id(), MOST).stream().anyMatch(it -> it.id() != id
                    && it.service() == service && it.scope().equals(wanted.scope()));
            if (isTaken) {
                throw new Problem.AlreadyExists(KIND, wanted.scope()).raise();
            }
            var changed = table.change(tx, wanted, clock.instant());
            seal(tx, changed, change.secret());
            tell(tx, grant, "credential.updated", user, changed);
            return changed;
        });
    }

    /// Forgets one of the caller's own.
    public void delete(Grant grant, @Nullable String username, Service service, long id) {
        var user = themself(grant, username);
        database.write(grant, tx -> {
            var found = find(tx, user, service, id);
            table.delete(tx, found.id());
            tell(tx, grant, "credential.deleted", user, found);
        });
    }

    private Credential find(Tx tx, User user, Service service, long id) {
        return table.list(tx, user.id(), MOST).stream()
                .filter(it -> it.id() == id && it.service() == service).findFirst()
                .orElseThrow(() -> new Problem.NotFound(KIND, Long.toString(id)).raise());
    }

    private void seal(Tx tx, Credential credential, @Nullable String secret) {
        if (secret != null) {
            table.seal(tx, credential.id(),
                    sealing.seal(secret, SEALED.at(Long.toString(credential.id()))));
        }
    }

    private static void check(Service service, @Nullable String scope, @Nullable String subject,
            @Nullable String secret, boolean isNew) {
        var mistakes = new Mistakes();
        Credential.check(mistakes, scope, subject, secret);
        mistakes.unless(service != Service.KUBERNETES || secret == null, "secret",
                        "is the cluster's to make: leave it out")
                .unless(service == Service.KUBERNETES || secret != null || !isNew, "secret",
                        "is required")
                .orRefuse();
    }

    /// The caller, if nobody acts for them: applications and operators learn no secrets.
    private User themself(Grant grant, @Nullable String username) {
        if (grant.principal().roles() != null) {
            throw new Problem.Refused("credentials",
                    "only the person themself gets at them").raise();
        }
        return people.self(grant, username);
    }

    private void tell(Tx tx, Grant grant, String type, User user, Credential it) {
        events.append(tx, new NewEvent(type, new Subject(KIND, Long.toString(it.id())),
                Scope.organization(user.home().requireOrganization()),
                Map.of("userId", user.id(), "service", text(it.service()), "scope", it.scope(),
                        "subject", it.subject(), "credential", String.valueOf(
                                Optional.ofNullable(grant.principal().credential())
                                        .orElse("")))));
    }

    private static String or(@Nullable String wanted, String old) {
        return wanted == null ? old : wanted;
    }

    private static String text(Service service) {
        return service.name().toLowerCase(Locale.ROOT);
    }
}
