package orrery.server.platform.catalogue;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import orrery.kit.Problem;
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
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The models of GPUs that regions have.
@Singleton
public final class GpuTypes {
    private static final String KIND = "gpuType";

    private final GpuTypeTable table = new GpuTypeTable();
    private final InstanceTypeTable types = new InstanceTypeTable();
    private final Database database;
    private final Regions regions;
    private final Events events;
    private final Paging paging;
    private final Clock clock;

    public GpuTypes(
            Database database, Regions regions, Events events, Paging paging, Clock clock) {
        this.database = database;
        this.regions = regions;
        this.events = events;
        this.paging = paging;
        this.clock = clock;
    }

    /// One page of what a region has, the newest first.
    public Page<GpuType> list(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> {
            regions.get(tx, region);
            return table.list(tx, paging, ask, region);
        });
    }

    public GpuType get(Grant grant, String region, String code) {
        return database.read(grant, tx -> present(table.find(tx, region, code), code));
    }

    /// All that regions have, by region and code.
    ///
    /// @param region code; `null` for all
    public List<GpuType> all(Tx tx, @Nullable String region) {
        return table.all(tx, region);
    }

    /// As part of something larger.
    public Optional<GpuType> find(Tx tx, String region, String code) {
        return table.find(tx, region, code);
    }

    /// @throws Problem.Failure [Problem.AlreadyExists] for the code
    GpuType create(Grant grant, String region, GpuType.Description it) {
        return database.tx(grant, tx -> {
            regions.get(tx, region);
            if (!table.insert(tx, region, it, clock.instant())) {
                throw new Problem.AlreadyExists(KIND, it.code()).raise();
            }
            events.append(tx, event("gpuType.created", region, it.code()));
            return table.find(tx, region, it.code()).orElseThrow();
        });
    }

    /// Changes what is offered from now on; machines stay as they are.
    ///
    /// @param change makes the new description of the old one
    /// @param expected the version that the caller knows, if it cares
    GpuType change(Grant grant, String region, String code,
            Function<GpuType.Description, GpuType.Description> change, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = present(table.lock(tx, region, code), code);
            IfMatch.verify(KIND, code, found.version(), expected);
            table.update(tx, region, change.apply(found.description()), clock.instant());
            events.append(tx, event("gpuType.updated", region, code));
            return table.find(tx, region, code).orElseThrow();
        });
    }

    /// Offers it no more. Machines keep what they have.
    ///
    /// @throws Problem.Failure [Problem.InUse] while an instance type comes with it
    void delete(Grant grant, String region, String code, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = present(table.lock(tx, region, code), code);
            IfMatch.verify(KIND, code, found.version(), expected);
            types.withGpu(tx, region, code).ifPresent(type -> {
                throw new Problem.InUse(
                        KIND, code, List.of("instanceType/" + type)).raise();
            });
            table.delete(tx, region, code);
            events.append(tx, event("gpuType.deleted", region, code));
        });
    }

    private static NewEvent event(String type, String region, String code) {
        return new NewEvent(type, new Subject(KIND, region + "/" + code), Scope.PLATFORM,
                Map.of("region", region, "code", code));
    }

    private static GpuType present(Optional<GpuType> found, String code) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, code).raise());
    }
}
