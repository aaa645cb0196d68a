package orrery.server.platform.catalogue;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
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

/// The sizes of machines that regions offer.
@Singleton
public final class InstanceTypes {
    private static final String KIND = "instanceType";

    private final InstanceTypeTable table = new InstanceTypeTable();
    private final Database database;
    private final Regions regions;
    private final GpuTypes gpus;
    private final Events events;
    private final Paging paging;
    private final Clock clock;

    public InstanceTypes(Database database, Regions regions, GpuTypes gpus, Events events,
            Paging paging, Clock clock) {
        this.database = database;
        this.regions = regions;
        this.gpus = gpus;
        this.events = events;
        this.paging = paging;
        this.clock = clock;
    }

    /// The zones of a region, by code.
    public List<Zone> zones(Grant grant, String region) {
        return zones(regions.get(grant, region));
    }

    /// @throws Problem.Failure [Problem.NotFound]
    public Zone zone(Grant grant, String region, String zone) {
        return zone(regions.get(grant, region), zone);
    }

    private static List<Zone> zones(Region region) {
        return region.zones().stream().sorted()
                .map(code -> new Zone(code, region.code(), region.state())).toList();
    }

    private static Zone zone(Region region, String code) {
        return zones(region).stream().filter(zone -> zone.code().equals(code)).findFirst()
                .orElseThrow(() -> new Problem.NotFound("zone", code).raise());
    }

    /// One page of what is offered in a zone, the newest first.
    public Page<InstanceType> list(Grant grant, String region, String zone, PageAsk ask) {
        return database.read(grant, tx -> {
            zone(regions.get(tx, region), zone);
            return table.list(tx, paging, ask, region, zone);
        });
    }

    public InstanceType get(Grant grant, String region, String zone, String code) {
        return database.read(grant, tx -> {
            zone(regions.get(tx, region), zone);
            return present(table.find(tx, region, code), zone, code);
        });
    }

    /// All that is offered, by region and code.
    ///
    /// @param region code; `null` for all
    public List<InstanceType> all(Tx tx, @Nullable String region) {
        return table.all(tx, region);
    }

    /// In any zone of a region, as part of something larger.
    public Optional<InstanceType> find(Tx tx, String region, String code) {
        return table.find(tx, region, code);
    }

    /// Offers a size in a zone, and in others that it names.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the code, [Problem.Unprocessable] for
    ///     zones and GPUs that the region does not have
    InstanceType create(Grant grant, String region, String zone,
            InstanceType.Description asked) {
        return database.tx(grant, tx -> {
            zone(regions.get(tx, region), zone);
            var it = in(asked, zone);
            verify(tx, region, it);
            if (!table.insert(tx, region, it, clock.instant())) {
                throw new Problem.AlreadyExists(KIND, it.code()).raise();
            }
            events.append(tx, event("instanceType.created", region, it.code()));
            return table.find(tx, region, it.code()).orElseThrow();
        });
    }

    private static InstanceType.Description in(InstanceType.Description it, String zone) {
        if (it.zones().contains(zone)) {
            return it;
        }
        var zones = new ArrayList<>(it.zones());
        zones.add(zone);
        return new InstanceType.Description(it.code(), it.displayName(), it.kind(),
                it.cpuCores(), it.ramGb(), it.gpuType(), it.gpuCount(), it.diskGb(), zones,
                it.state());
    }

    private void verify(Tx tx, String region, InstanceType.Description it) {
        var known = regions.get(tx, region).zones();
        var mistakes = new ArrayList<Mistake>();
        it.zones().stream().filter(zone -> !known.contains(zone)).forEach(zone ->
                mistakes.add(new Mistake("zones", zone + " is no zone of region " + region)));
        if (it.gpuType() != null && gpus.find(tx, region, it.gpuType()).isEmpty()) {
            mistakes.add(new Mistake("gpu.type", "is no GPU type of region " + region));
        }
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
    }

    /// Changes what is offered from now on; machines stay as they are.
    ///
    /// @param change makes the new description of the old one
    /// @param expected the version that the caller knows, if it cares
    InstanceType change(Grant grant, String region, String zone, String code,
            Function<InstanceType.Description, InstanceType.Description> change,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = present(table.lock(tx, region, code), zone, code);
            IfMatch.verify(KIND, code, found.version(), expected);
            var to = change.apply(found.description());
            verify(tx, region, to);
            table.update(tx, region, to, clock.instant());
            events.append(tx, event("instanceType.updated", region, code));
            return table.find(tx, region, code).orElseThrow();
        });
    }

    /// Offers it no more, in no zone. Machines keep what they have.
    void delete(Grant grant, String region, String zone, String code, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = present(table.lock(tx, region, code), zone, code);
            IfMatch.verify(KIND, code, found.version(), expected);
            table.delete(tx, region, code);
            events.append(tx, event("instanceType.deleted", region, code));
        });
    }

    private static NewEvent event(String type, String region, String code) {
        return new NewEvent(type, new Subject(KIND, region + "/" + code), Scope.PLATFORM,
                Map.of("region", region, "code", code));
    }

    private static InstanceType present(Optional<InstanceType> found, String zone, String code) {
        return found.filter(it -> it.zones().contains(zone))
                .orElseThrow(() -> new Problem.NotFound(KIND, code).raise());
    }
}
