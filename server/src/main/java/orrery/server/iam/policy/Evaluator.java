package orrery.server.iam.policy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.events.Epochs;

/// Answers what a caller holds where: from memory while the [Epochs] stand still, else from the
/// tables.
///
/// A role holds here when somebody was given it here or above; the token's own limits (its place
/// and its roles) are applied at each question, never remembered as permissions.
@Singleton
public final class Evaluator implements Access.Bindings {
    /// About 1 KiB each.
    private static final int REMEMBERED = 200_000;
    private static final Set<String> ALL = Set.of("*");

    /// Where policies change all the time, answers of a few milliseconds are given in the end.
    private static final int MOST_ATTEMPTS = 5;

    private final PolicyTable table = new PolicyTable();
    private final Database database;
    private final Epochs epochs;
    private final Grant system;
    private final Cache<Key, Remembered> cache =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    private record Key(String principal, @Nullable String organization) {}

    /// @param stamp the sum of the epochs that it depends on: they only grow
    private record Remembered(Holdings holdings, long stamp) {}

    public Evaluator(Database database, Epochs epochs, Clock clock) {
        this.database = database;
        this.epochs = epochs;
        // To read the policy, no policy can be asked.
        this.system = new Access((principal, scope) -> Set.of(), clock).system("policy");
    }

    @Override
    public Set<String> held(Principal principal, Scope scope) {
        return switch (principal.kind()) {
            case ANONYMOUS -> Set.of();
            case SYSTEM -> ALL;
            case USER, API_KEY, SERVICE_ACCOUNT -> principal.within().contains(scope)
                    ? holdings(principal, scope).at(scope, principal.roles()) : Set.of();
        };
    }

    /// Who belongs to an organization that is suspended is told so.
    @Override
    public Optional<Problem> closed(Principal principal, Scope scope) {
        return scope.organization() == null ? Optional.empty() : database.aside(system,
                tx -> table.suspended(tx, principal.id(), scope.organization()))
                .map(name -> new Problem.Refused("access", "organization " + name
                        + " is suspended; ask the operators of this server"));
    }

    /// Whether the principal holds anything on the platform itself.
    public boolean isOperator(Principal principal) {
        return !held(principal, Scope.PLATFORM).isEmpty();
    }

    /// The names of the roles that a principal holds at `place`, above or below it: what a token
    /// for that place may count for.
    public Set<String> roleNames(Principal principal, Scope place) {
        return holdings(principal, place).names(place);
    }

    /// Asks again while policies change in between, so that all answers hold at one moment.
    public <T> T atOneMoment(Supplier<T> questions) {
        var stamp = epochs.total();
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            var answers = questions.get();
            var now = epochs.total();
            if (now == stamp) {
                return answers;
            }
            stamp = now;
        }
        return questions.get();
    }

    private Holdings holdings(Principal principal, Scope scope) {
        var key = new Key(principal.id(), scope.organization());
        // The stamp first: what changes in between is then read again, never missed.
        var stamp = stamp(key.organization());
        var found = cache.getIfPresent(key);
        if (found == null || found.stamp() != stamp) {
            // Use cases ask in their transactions too, when policies have changed since the route.
            var held = database.aside(system,
                    tx -> table.heldIn(tx, key.principal(), key.organization()));
            found = new Remembered(new Holdings(held), stamp);
            cache.put(key, found);
        }
        return found.holdings();
    }

    private long stamp(@Nullable String organization) {
        var platform = epochs.get(Policies.PLATFORM);
        return organization == null ? platform : platform + epochs.get(organization);
    }
}
