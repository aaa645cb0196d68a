package orrery.server.tenancy.quota;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;

/// How much organizations and projects may have: what is asked for is reserved in the transaction
/// that accepts it, and given back in the one that ends it.
@Singleton
public final class Quotas {
    private static final String KIND = "quotas";

    private final QuotaTable table = new QuotaTable();
    private final Database database;
    private final Events events;
    private final Clock clock;

    public Quotas(Database database, Events events, Clock clock) {
        this.database = database;
        this.events = events;
        this.clock = clock;
    }

    /// The quota of the organization or project that the grant is for.
    public Quota get(Grant grant) {
        return database.read(grant, tx -> find(tx, grant.scope()));
    }

    /// Sets the limits of the organization or project that the grant is for. What it has beyond
    /// them it keeps, and gets no more.
    ///
    /// @param patch makes the new ones out of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Unprocessable] for a project's limit beyond its
    ///     organization's
    public Quota change(
            Grant grant, Function<Quota, Quota.Limits> patch, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var place = grant.scope();
            // Makes the row, and waits for whoever changes it.
            var old = table.add(tx, place.requireOrganization(), place.project(), Amounts.NONE,
                    clock.instant());
            IfMatch.verify(KIND, name(place), old.version(), expected);
            var limits = patch.apply(old);
            if (place.project() != null) {
                verifyWithin(limits, find(tx, Scope.organization(place.requireOrganization())));
            }
            var changed = table.change(tx, place.requireOrganization(), place.project(), limits,
                    clock.instant());
            events.append(tx, new NewEvent("quotas.updated", new Subject(KIND, name(place)), place,
                    limits));
            return changed;
        });
    }

    private static void verifyWithin(Quota.Limits limits, Quota whole) {
        var wide = whole.limits().byName();
        var mistakes = new ArrayList<Problem.Mistake>();
        limits.byName().forEach((field, limit) -> {
            var most = wide.get(field);
            if (limit != null && most != null && limit > most) {
                mistakes.add(new Problem.Mistake(field,
                        "must not be more than the organization's, " + most));
            }
        });
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
    }

    /// Gives a resource in a project what it needs; what it had before counts no more.
    ///
    /// Whoever asks in the same organization waits until the transaction ends, so ask late in it.
    ///
    /// @throws Problem.Failure [Problem.QuotaExceeded], naming the quota, its limit and what it
    ///     would have come to
    public void reserve(Tx tx, Scope project, Subject subject, Amounts wanted) {
        var had = table.reserved(tx, subject).map(QuotaTable.Reserved::amounts)
                .orElse(Amounts.NONE);
        if (had.equals(wanted)) {
            return;
        }
        add(tx, project, wanted.minus(had));
        table.reserve(tx, subject, project, wanted, clock.instant());
    }

    /// Takes back what a resource was given. Doing so again changes nothing.
    public void release(Tx tx, Subject subject) {
        table.reserved(tx, subject).ifPresent(had -> {
            add(tx, had.place(), Amounts.NONE.minus(had.amounts()));
            table.release(tx, subject);
        });
    }

    /// The organization first, always: so nobody waits for each other.
    private void add(Tx tx, Scope project, Amounts more) {
        for (var part : List.of(Scope.organization(project.requireOrganization()), project)) {
            verify(table.add(tx, part.requireOrganization(), part.project(), more,
                    clock.instant()), more, part);
        }
    }

    private static void verify(Quota now, Amounts more, Scope place) {
        Map<String, @Nullable Long> limits = now.limits().byName();
        var asked = more.byName();
        now.used().byName().forEach((field, used) -> {
            var limit = limits.get(field);
            if (limit != null && asked.getOrDefault(field, 0L) > 0 && used > limit) {
                throw new Problem.QuotaExceeded(
                        field + " of " + name(place), limit, used).raise();
            }
        });
    }

    private Quota find(Tx tx, Scope place) {
        var organization = place.requireOrganization();
        return table.find(tx, organization, place.project())
                .orElseGet(() -> Quota.none(organization, place.project()));
    }

    private static String name(Scope place) {
        return place.project() == null ? "organization " + place.organization()
                : "project " + place.project();
    }
}
