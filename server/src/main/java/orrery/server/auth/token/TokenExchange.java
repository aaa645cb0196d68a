package orrery.server.auth.token;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.iam.apikey.ApiKey;
import orrery.server.iam.apikey.ApiKeys;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;
import orrery.server.tenancy.project.Project;
import orrery.server.tenancy.project.Projects;
import org.jspecify.annotations.Nullable;

/// Gives access tokens for longer-lived credentials, tells what one says, and revokes it.
@Singleton
public final class TokenExchange {
    /// How long an access token counts.
    public static final Duration LIFE = Duration.ofMinutes(15);

    private static final Permission REVOKE = new Permission("auth.tokens.revoke");
    private static final Permission SEE = new Permission("org.organizations.get");
    private static final Permission INTROSPECT = new Permission("auth.tokens.introspect");

    private final Database database;
    private final AccessTokens tokens;
    private final RevokedTokens revoked;
    private final ApiKeys keys;
    private final Users users;
    private final Projects projects;
    private final Policies policies;
    private final Access access;
    private final Ids ids;
    private final Clock clock;

    /// Asks for less than the credential reaches (`scope_narrowing`).
    ///
    /// @param scopeId identifier of the organization or project
    /// @param roles names; `null` for all that the credential counts for
    public record Narrowing(String scope, String scopeId, @Nullable Set<String> roles) {}

    public TokenExchange(
            Database database, AccessTokens tokens, RevokedTokens revoked, ApiKeys keys,
            Users users, Projects projects, Policies policies, Access access, Ids ids,
            Clock clock) {
        this.database = database;
        this.tokens = tokens;
        this.revoked = revoked;
        this.keys = keys;
        this.users = users;
        this.projects = projects;
        this.policies = policies;
        this.access = access;
        this.ids = ids;
        this.clock = clock;
    }

    /// A token for an API key (`grant_type=api_key`).
    ///
    /// @throws Problem.Failure [Problem.TokenRefused]; a key that is wrong, disabled, expired or of
    ///     a suspended user is refused alike
    public String forApiKey(Grant grant, String secret, @Nullable Narrowing narrowing) {
        return database.tx(grant, tx -> {
            var key = keys.bySecret(tx, secret).orElseThrow(TokenExchange::wrongKey);
            var user = users.byId(tx, key.userId()).filter(User::isActive)
                    .orElseThrow(TokenExchange::wrongKey);
            keys.used(tx, key, grant.call().address());
            return tokens.sign(claims(tx, key, user, narrowing));
        });
    }

    private Claims claims(Tx tx, ApiKey key, User user, @Nullable Narrowing narrowing) {
        var scope = narrowing == null ? key.scope() : narrowed(tx, key.scope(), narrowing);
        var roles = policies.roleNames(tx, user.id(), scope);
        if (key.roles() != null) {
            roles.retainAll(key.roles());
        }
        if (narrowing != null && narrowing.roles() != null) {
            if (!roles.containsAll(narrowing.roles())) {
                throw new Problem.TokenRefused(Error.INVALID_SCOPE,
                        "the key does not count for all of these roles").raise();
            }
            roles.retainAll(narrowing.roles());
        }
        var tenant = scope.organization() == null
                ? user.home().requireOrganization() : scope.organization();
        var now = clock.instant();
        return new Claims(ids.next("tok"), user.id(), Claims.Kind.API_KEY, tenant, scope, roles,
                key.id(), null, now, now.plus(LIFE), Map.of("client_id", key.id()));
    }

    private Scope narrowed(Tx tx, Scope reach, Narrowing narrowing) {
        var asked = switch (narrowing.scope()) {
            case "organization" -> Optional.of(Scope.organization(narrowing.scopeId()));
            case "project" -> projects.byId(tx, narrowing.scopeId()).map(Project::scope);
            default -> throw new Problem.TokenRefused(Error.INVALID_REQUEST,
                    "scope_narrowing.scope must be organization or project").raise();
        };
        return asked.filter(reach::contains).orElseThrow(() -> new Problem.TokenRefused(
                Error.INVALID_SCOPE, "the key does not reach that far").raise());
    }

    /// What a token says, if it counts now and the caller may know: its own, or one of a tenant
    /// whose tokens it may look at. Empty for everything else, garbage included.
    public Optional<Claims> introspect(Grant grant, String token) {
        return authentic(token)
                .filter(claims -> isOwn(grant, claims) || access.allows(
                        grant.call(), INTROSPECT, Scope.organization(claims.tenant())))
                .filter(claims -> clock.instant().isBefore(claims.expiresAt()))
                .filter(claims -> database.read(grant, tx -> counts(tx, claims)));
    }

    /// Revokes a token at once. Nothing happens for one that is unknown, over, or of another
    /// tenant.
    ///
    /// @throws Problem.Failure [Problem.Forbidden] for somebody else's token in a tenant whose
    ///     tokens the caller may see but not revoke
    public void revoke(Grant grant, String token) {
        var claims = authentic(token).orElse(null);
        if (claims == null) {
            return;
        }
        var tenant = Scope.organization(claims.tenant());
        if (!isOwn(grant, claims) && !access.allows(grant.call(), REVOKE, tenant)) {
            if (access.allows(grant.call(), SEE, tenant)) {
                throw new Problem.Forbidden(REVOKE.name(), "organization " + claims.tenant())
                        .raise();
            }
            return;
        }
        database.write(grant, tx -> revoked.add(tx, claims));
    }

    private boolean counts(Tx tx, Claims claims) {
        var active = users.byId(tx, claims.subject()).filter(User::isActive).isPresent();
        return active && !revoked.contains(tx, claims.id())
                && (claims.credential() == null
                        || keys.active(tx, claims.credential()).isPresent());
    }

    private Optional<Claims> authentic(String token) {
        try {
            return Optional.of(tokens.readExpired(token));
        } catch (Problem.Failure refusal) {
            return Optional.empty();
        }
    }

    private static boolean isOwn(Grant grant, Claims claims) {
        return grant.principal().id().equals(claims.subject());
    }

    private static Problem.Failure wrongKey() {
        return new Problem.TokenRefused(Error.INVALID_CLIENT, "the API key does not count").raise();
    }
}
