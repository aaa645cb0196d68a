package orrery.kit.access;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import orrery.kit.Problem;

/// Answers one question: may this caller do this, here? It is the only place a [Grant] is made.
public final class Access {
    private static final Permission OPEN = new Permission("open.route");
    private static final Permission SYSTEM = new Permission("system.loop");

    private final Bindings bindings;
    private final Clock clock;

    public Access(Bindings bindings, Clock clock) {
        this.bindings = bindings;
        this.clock = clock;
    }

    /// Who holds what where. The policy is data; this reads it.
    @FunctionalInterface
    public interface Bindings {
        /// The permissions and patterns that `principal` holds at `scope`, inherited ones and the
        /// limits of its token included. Empty when it may not even know the place.
        Set<String> held(Principal principal, Scope scope);

        /// Why a principal that belongs to a place holds nothing there, if it may be told: that the
        /// place is closed for now.
        default Optional<Problem> closed(Principal principal, Scope scope) {
            return Optional.empty();
        }
    }

    /// Proof that the caller holds `permission` at `scope`.
    ///
    /// @throws Problem.Failure [Problem.Unauthenticated] when nobody is signed in,
    ///     [Problem.NotFound] when the caller may not know the place, what [Bindings#closed]
    ///     says of it, else [Problem.Forbidden]
    public Grant require(Call call, Permission permission, Scope scope) {
        if (call.principal().isAnonymous()) {
            throw new Problem.Unauthenticated(
                    Problem.Unauthenticated.Credential.MISSING, "sign in first").raise();
        }
        var held = bindings.held(call.principal(), scope);
        if (permission.isCoveredByAny(held)) {
            return new Grant(call, permission, scope);
        }
        // That there is a platform is no secret, unlike any place on it.
        if (held.isEmpty() && !scope.equals(Scope.PLATFORM)) {
            bindings.closed(call.principal(), scope).ifPresent(problem -> {
                throw problem.raise();
            });
            throw new Problem.NotFound(kind(scope), name(scope)).raise();
        }
        throw new Problem.Forbidden(permission.name(), kind(scope) + " " + name(scope)).raise();
    }

    /// Whether [#require] would say yes.
    public boolean allows(Call call, Permission permission, Scope scope) {
        return !call.principal().isAnonymous()
                && permission.isCoveredByAny(bindings.held(call.principal(), scope));
    }

    /// Whether the caller holds anything at a place, and so may know that it is there.
    public boolean knows(Call call, Scope scope) {
        return !bindings.held(call.principal(), scope).isEmpty();
    }

    /// For a route that anyone may call, such as signing in. It carries no permission.
    public Grant open(Call call) {
        return new Grant(call, OPEN, Scope.PLATFORM);
    }

    /// For a route that needs a signed-in caller and no permission beyond that: one's own things.
    public Grant self(Call call) {
        if (call.principal().isAnonymous()) {
            throw new Problem.Unauthenticated(
                    Problem.Unauthenticated.Credential.MISSING, "sign in first").raise();
        }
        var home = call.home();
        return new Grant(call, OPEN, home == null ? call.principal().within() : home);
    }

    /// For work of our own that nobody asked for: loops, sweeps, the start.
    public Grant system(String loop) {
        var call = new Call(
                Principal.system(loop), "loop " + loop, null, null,
                clock.instant().plus(Duration.ofMinutes(10)));
        return new Grant(call, SYSTEM, Scope.PLATFORM);
    }

    /// The grant that a run was accepted with. Only the run engine calls this.
    public Grant resume(Grant.Stored stored) {
        var call = new Call(
                stored.principal(), stored.requestId(), stored.home(), null,
                clock.instant().plus(Duration.ofMinutes(10)));
        return new Grant(call, stored.permission(), stored.scope());
    }

    private static String kind(Scope scope) {
        return scope.project() != null ? "project"
                : scope.organization() != null ? "organization" : "platform";
    }

    private static String name(Scope scope) {
        return scope.project() != null ? scope.requireProject()
                : scope.organization() != null ? scope.requireOrganization() : "";
    }
}
