package orrery.server.infrastructure.storage;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// Where the storage of regions comes from, and who has how much of it: what is asked for is taken
/// in the transaction that accepts it, and given back in the one that ends it.
@Singleton
public final class Backends {
    private static final String KIND = "storage-backend";

    private final BackendTable table = new BackendTable();
    private final Database database;
    private final Regions regions;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Backends(Database database, Regions regions, Events events, Paging paging, Ids ids,
            Clock clock) {
        this.database = database;
        this.regions = regions;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// One page of all, the newest first.
    public Page<Backend> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask));
    }

    /// @param idOrName identifier or name
    public Backend get(Grant grant, String idOrName) {
        return database.read(grant, tx -> present(tx, idOrName));
    }

    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.Unprocessable] for a
    ///     region or zone that there is not
    public Backend create(Grant grant, Backend.New asked) {
        return database.tx(grant, tx -> {
            verifyPlace(tx, asked);
            var id = ids.next("stb");
            var now = clock.instant();
            var terms = asked.terms();
            var made = new Backend(id, asked.name() == null ? Slug.of("storage", id) : asked.name(),
                    terms.displayName(), terms.description(), asked.region(), asked.type(),
                    asked.storageClass(), asked.zone(), terms.capacityGb(), 0, terms.state(), 1,
                    grant.principal().id(), now, now, null);
            if (!table.insert(tx, made)) {
                throw new Problem.AlreadyExists(KIND, made.name()).raise();
            }
            events.append(tx, event("storage-backend.created", made));
            return present(tx, id);
        });
    }

    private void verifyPlace(Tx tx, Backend.New asked) {
        var region = regions.find(tx, asked.region());
        var mistakes = new ArrayList<Mistake>();
        if (region.isEmpty()) {
            mistakes.add(new Mistake("region", "is no region"));
        } else if (asked.zone() != null && !region.get().zones().contains(asked.zone())) {
            mistakes.add(new Mistake("zone", "must be one of " + region.get().zones()));
        }
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
    }

    /// Changes texts, capacity and whether it gives more.
    ///
    /// @param change makes the new terms of the old ones
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Unprocessable] for less capacity than is given out
    public Backend change(Grant grant, String idOrName, Function<Backend, Backend.Terms> change,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, idOrName, expected);
            var terms = change.apply(found);
            if (terms.capacityGb() < found.allocatedGb()) {
                throw new Problem.Unprocessable(List.of(new Mistake("capacityGb",
                        "must be at least " + found.allocatedGb() + ", which is allocated")))
                        .raise();
            }
            table.update(tx, found.id(), terms, clock.instant());
            events.append(tx, event("storage-backend.updated", found));
            return present(tx, found.id());
        });
    }

    /// @throws Problem.Failure [Problem.InUse] while anybody has something of it
    public void delete(Grant grant, String idOrName, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = lock(tx, idOrName, expected);
            var users = table.users(tx, found.id());
            if (!users.isEmpty()) {
                throw new Problem.InUse(KIND, found.id(), users).raise();
            }
            table.delete(tx, found.id(), clock.instant());
            events.append(tx, event("storage-backend.deleted", found));
        });
    }

    /// Gives a resource storage of the first backend that has room.
    ///
    /// Whoever asks for the same storage waits until the transaction ends, so ask late in it.
    ///
    /// @param storageClass `null` for any
    /// @param zone where it must be reached; `null` for anywhere
    /// @throws Problem.Failure [Problem.Unprocessable] for what is not offered there,
    ///     [Problem.PoolExhausted] when none has room
    public Backend reserve(Tx tx, Region region, @Nullable String storageClass,
            @Nullable String zone, Subject subject, long sizeGb) {
        if (zone != null && !region.zones().contains(zone)) {
            throw new Problem.Unprocessable(List.of(
                    new Mistake("zone", "must be one of " + region.zones()))).raise();
        }
        var offers = table.offers(tx, region.code(), storageClass, zone);
        if (offers.isEmpty()) {
            throw new Problem.Unprocessable(List.of(missing(tx, region, zone))).raise();
        }
        var locked = offers.stream().map(Backend::id).toList();
        table.lock(tx, locked);
        var chosen = table.offers(tx, region.code(), storageClass, zone).stream()
                .filter(it -> locked.contains(it.id()) && it.hasRoom(sizeGb)).findFirst()
                .orElseThrow(() -> exhausted(region.code(), storageClass, sizeGb));
        table.give(tx, chosen.id(), subject, sizeGb);
        return chosen;
    }

    private Mistake missing(Tx tx, Region region, @Nullable String zone) {
        var there = table.offers(tx, region.code(), null, zone).stream()
                .map(Backend::storageClass).distinct().toList();
        return new Mistake("type", "must be a storage class that region " + region.code()
                + " offers" + (zone == null ? "" : " in zone " + zone) + ": it has "
                + (there.isEmpty() ? "none" : String.join(", ", there)));
    }

    /// Makes a resource's share of a backend larger or smaller.
    ///
    /// @throws Problem.Failure [Problem.PoolExhausted] when it has no room, [Problem.Conflict]
    ///     when it gives nobody more
    public void resize(Tx tx, String backend, Subject subject, long sizeGb) {
        table.lock(tx, List.of(backend));
        long more = sizeGb - table.share(tx, subject);
        if (more > 0) {
            var found = table.find(tx, backend)
                    .filter(it -> it.state() == Backend.State.ACTIVE)
                    .orElseThrow(() -> new Problem.Conflict(subject.kind(), subject.id(),
                            "its storage class is closed: nobody gets more of it").raise());
            if (!found.hasRoom(more)) {
                throw exhausted(found.region(), found.storageClass(), more);
            }
        }
        table.give(tx, backend, subject, sizeGb);
    }

    /// Takes back what a resource was given. Doing so again changes nothing.
    public void release(Tx tx, Subject subject) {
        table.takeBack(tx, subject);
    }

    private static Problem.Failure exhausted(
            String region, @Nullable String storageClass, long sizeGb) {
        return new Problem.PoolExhausted("storage "
                + (storageClass == null ? "" : "class " + storageClass + " ")
                + "of region " + region, sizeGb + " GB").raise();
    }

    private Backend present(Tx tx, String idOrName) {
        return table.find(tx, idOrName)
                .orElseThrow(() -> new Problem.NotFound(KIND, idOrName).raise());
    }

    private Backend lock(Tx tx, String idOrName, OptionalLong expected) {
        table.lock(tx, List.of(present(tx, idOrName).id()));
        var found = present(tx, idOrName);
        IfMatch.verify(KIND, found.id(), found.version(), expected);
        return found;
    }

    private static NewEvent event(String type, Backend about) {
        return new NewEvent(type, new Subject(KIND, about.id()), Scope.PLATFORM,
                Map.of("name", about.name(), "region", about.region()));
    }
}
