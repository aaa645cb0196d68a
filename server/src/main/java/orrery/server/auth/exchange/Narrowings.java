package orrery.server.auth.exchange;

import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.server.auth.exchange.TokenRequest.Narrowing;
import orrery.server.iam.policy.Policies;
import orrery.server.tenancy.project.Project;
import orrery.server.tenancy.project.Projects;
import org.jspecify.annotations.Nullable;

/// How far a token reaches: as far as its credential, or less where less was asked for.
@Singleton
final class Narrowings {
    private final Policies policies;
    private final Projects projects;

    Narrowings(Policies policies, Projects projects) {
        this.policies = policies;
        this.projects = projects;
    }

    /// @param roles names that the token counts for
    record Narrowed(Scope scope, Set<String> roles) {}

    /// @param reach how far the credential reaches
    /// @param cap the roles that the credential counts for; `null` for all that the user holds
    /// @throws Problem.Failure [Problem.TokenRefused]
    Narrowed of(
            Tx tx, String user, Scope reach, @Nullable Set<String> cap,
            @Nullable Narrowing asked) {
        var scope = asked == null ? reach : place(tx, reach, asked);
        var roles = policies.roleNames(tx, user, scope);
        if (cap != null) {
            roles.retainAll(cap);
        }
        if (asked != null && asked.roles() != null) {
            if (!roles.containsAll(asked.roles())) {
                throw new Problem.TokenRefused(Error.INVALID_SCOPE,
                        "the credential does not count for all of these roles").raise();
            }
            roles.retainAll(asked.roles());
        }
        return new Narrowed(scope, roles);
    }

    private Scope place(Tx tx, Scope reach, Narrowing narrowing) {
        var asked = switch (narrowing.scope()) {
            case "organization" -> Optional.of(Scope.organization(narrowing.scopeId()));
            case "project" -> projects.byId(tx, narrowing.scopeId()).map(Project::scope);
            default -> throw new Problem.TokenRefused(Error.INVALID_REQUEST,
                    "scope_narrowing.scope must be organization or project").raise();
        };
        return asked.filter(reach::contains).orElseThrow(() -> new Problem.TokenRefused(
                Error.INVALID_SCOPE, "the credential does not reach that far").raise());
    }
}
