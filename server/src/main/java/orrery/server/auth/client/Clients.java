package orrery.server.auth.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Slug;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.auth.client.Client.Authentication;
import orrery.server.auth.session.Sessions;
import orrery.server.auth.token.AccessTokens;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.apikey.Peppers;
import orrery.server.iam.policy.Policies;
import org.jspecify.annotations.Nullable;

/// The clients of this installation: our own, and those that organizations register.
@Singleton
public final class Clients {
    /// What the workspace family's sign-in is registered as.
    public static final String WORKSPACE = FirstParty.WORKSPACE;

    /// Where tokens are given, below the issuer.
    public static final String TOKEN = "/v1/regions/global/auth/token";

    private static final String KIND = "client";
    private static final String SECRET = "plt_os_";
    private static final int MOST = 100;
    private static final int REMEMBERED = 10_000;
    private static final Permission LIST = new Permission("iam.clients.list");

    private final ClientTable table = new ClientTable();
    private final Cache<String, Client> proven = Caffeine.newBuilder()
            .maximumSize(REMEMBERED).expireAfterWrite(Duration.ofSeconds(1)).build();
    private final FirstParty ours;
    private final Assertions assertions;
    private final Database database;
    private final Policies policies;
    private final Sessions sessions;
    private final Access access;
    private final Peppers.Hash hash;
    private final RandomSecrets secrets;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Clients(
            AccessTokens tokens, Database database, Policies policies, Sessions sessions,
            Access access, Peppers peppers, RandomSecrets secrets, Events events, Paging paging,
            Ids ids, Clock clock) {
        this.ours = new FirstParty(tokens.issuer());
        this.assertions = new Assertions(
                Set.of(tokens.issuer(), tokens.issuer() + TOKEN), clock);
        this.database = database;
        this.policies = policies;
        this.sessions = sessions;
        this.access = access;
        this.hash = peppers.named("oauth_client");
        this.secrets = secrets;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Where the workspace family's sign-in comes back to.
    public static String workspaceCallback(String issuer) {
        return issuer + "/api/v1/auth/callback";
    }

    /// The client, if it may do anything now.
    public Optional<Client> find(Tx tx, String id) {
        var own = ours.find(id);
        return own != null ? Optional.of(own)
                : table.find(tx, id).filter(client -> client.state() == Client.State.ACTIVE);
    }

    /// The client that proved who it is, as it is registered to. In the transaction of what it is
    /// proven for: an assertion counts once.
    ///
    /// @throws Problem.Failure [Problem.TokenRefused]
    public Client authenticate(Tx tx, Presented shown) {
        return switch (shown) {
            case Presented.Nothing _ -> throw Presented.unknown();
            case Presented.Name name -> find(tx, name.id()).filter(Client::isPublic)
                    .orElseThrow(Presented::unknown);
            case Presented.Secret secret -> find(tx, secret.id())
                    .filter(client -> client.authentication() == Authentication.CLIENT_SECRET)
                    .filter(client -> isSecret(tx, client, secret.secret()))
                    .orElseThrow(Presented::unknown);
            case Presented.Assertion signed -> find(tx, signed.id())
                    .filter(client -> client.authentication() == Authentication.PRIVATE_KEY_JWT)
                    .filter(client -> assertions.proves(tx, client, signed.jwt()))
                    .orElseThrow(Presented::unknown);
        };
    }

    /// As [#authenticate], for questions that change nothing. A secret that was right counts for a
    /// second more: who asks about every request of its own costs us one look-up each.
    public Client proven(Grant grant, Presented shown) {
        if (!(shown instanceof Presented.Secret secret)) {
            return database.tx(grant, tx -> authenticate(tx, shown));
        }
        var key = Base64.getEncoder().encodeToString(
                RandomSecrets.hash(secret.id() + " " + secret.secret()));
        var found = proven.getIfPresent(key);
        if (found == null) {
            found = database.read(grant, tx -> authenticate(tx, shown));
            proven.put(key, found);
        }
        return found;
    }

    private boolean isSecret(Tx tx, Client client, String secret) {
        var shown = hash.of(secret);
        return table.hashes(tx, client.id()).filter(kept ->
                MessageDigest.isEqual(shown, kept.secretHash())
                        || kept.oldSecretUntil() != null
                                && clock.instant().isBefore(kept.oldSecretUntil())
                                && MessageDigest.isEqual(shown, kept.oldSecretHash())).isPresent();
    }

    /// Registers a client of the organization that the grant is for.
    public Client.WithSecret create(Grant grant, ClientTerms terms) {
        return database.tx(grant, tx -> {
            var organization = grant.scope().requireOrganization();
            if (table.count(tx, organization) >= MOST) {
                throw new Problem.QuotaExceeded(
                        "clients of one organization", MOST, MOST + 1).raise();
            }
            var id = ids.next("cli");
            var now = clock.instant();
            var made = new Client(id, organization,
                    terms.name() == null ? Slug.of(KIND, id) : terms.name(),
                    terms.displayName(), terms.description(), terms.authentication(),
                    terms.redirectUris(), terms.postLogoutRedirectUris(), terms.grantTypes(),
                    terms.scopes(), terms.requirePkce(), jwks(terms), Client.State.ACTIVE,
                    grant.principal().id(), 1, now, now);
            var secret = made.authentication() == Authentication.CLIENT_SECRET ? next() : null;
            if (!table.insert(tx, made, secret == null ? null : hash.of(secret))) {
                throw new Problem.AlreadyExists(KIND, made.name()).raise();
            }
            events.append(tx, event("client.created", made));
            return new Client.WithSecret(made, secret);
        });
    }

    /// One page of those that the caller may see, the newest first.
    public Page<Client> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(
                tx, paging, ask, policies.reach(tx, grant.principal(), LIST)));
    }

    /// One that the caller may look at, or change, by that permission.
    public Client get(Grant grant, String id, Permission needed) {
        var found = database.read(grant, tx -> table.find(tx, id))
                .orElseThrow(() -> new Problem.NotFound(KIND, id).raise());
        in(grant, found, needed);
        return found;
    }

    /// Changes a client. What it was given before ends, unless only its name changed.
    ///
    /// @param expected the version that the caller knows, if it cares
    public Client change(
            Grant grant, Client old, ClientTerms terms, Client.State state,
            OptionalLong expected, Permission needed) {
        if (expected.isPresent() && expected.getAsLong() != old.version()) {
            throw stale(old, expected.getAsLong());
        }
        return database.tx(in(grant, old, needed), tx -> {
            var to = new Client(old.id(), old.organizationId(), old.name(), terms.displayName(),
                    terms.description(), old.authentication(), terms.redirectUris(),
                    terms.postLogoutRedirectUris(), terms.grantTypes(), terms.scopes(),
                    terms.requirePkce(), jwks(terms), state, old.createdBy(), old.version(),
                    old.createdAt(), old.updatedAt());
            var changed = table.change(tx, to, clock.instant())
                    .orElseThrow(() -> stale(old, old.version()));
            if (state == Client.State.DISABLED || !terms.scopes().containsAll(old.scopes())
                    || !terms.grantTypes().containsAll(old.grantTypes())) {
                sessions.endOfClient(tx, old.id());
            }
            events.append(tx, event("client.updated", changed));
            tx.afterCommit(proven::invalidateAll);
            return changed;
        });
    }

    /// Gives a client a new secret.
    ///
    /// @param grace how long the old one still counts
    public Client.WithSecret rotate(
            Grant grant, Client client, Duration grace, Permission needed) {
        if (client.authentication() != Authentication.CLIENT_SECRET) {
            throw new Problem.Conflict(KIND, client.id(), "it has no secret").raise();
        }
        return database.tx(in(grant, client, needed), tx -> {
            var secret = next();
            var now = clock.instant();
            var rotated = table.rotate(tx, client.id(), hash.of(secret), now.plus(grace), now);
            events.append(tx, event("client.rotated", rotated));
            tx.afterCommit(proven::invalidateAll);
            return new Client.WithSecret(rotated, secret);
        });
    }

    /// Deletes a client. Everything that people allowed it ends at once.
    public void delete(Grant grant, Client client, Permission needed) {
        database.write(in(grant, client, needed), tx -> {
            table.delete(tx, client.id());
            sessions.endOfClient(tx, client.id());
            events.append(tx, event("client.deleted", client));
            tx.afterCommit(proven::invalidateAll);
        });
    }

    private Grant in(Grant grant, Client client, Permission needed) {
        try {
            return access.require(grant.call(), needed,
                    Scope.organization(String.valueOf(client.organizationId())));
        } catch (Problem.Failure refusal) {
            if (refusal.problem() instanceof Problem.NotFound) {
                throw new Problem.NotFound(KIND, client.id()).raise();
            }
            throw refusal;
        }
    }

    private String next() {
        return SECRET + secrets.next();
    }

    private static @Nullable JsonNode jwks(ClientTerms terms) {
        return terms.jwks() == null ? null : Json.tree(Json.write(terms.jwks()));
    }

    private static Problem.Failure stale(Client client, long expected) {
        return new Problem.PreconditionFailed(KIND, client.id(), "version " + expected,
                "version " + client.version()).raise();
    }

    private static NewEvent event(String type, Client about) {
        return new NewEvent(type, new Subject(KIND, about.id()),
                Scope.organization(String.valueOf(about.organizationId())),
                Map.of("name", about.name()));
    }
}
