package orrery.server.operations.capacity;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.server.compute.instance.Instances;
import orrery.server.infrastructure.machine.Fleet;
import orrery.server.infrastructure.machine.Size;
import orrery.server.infrastructure.machine.Stock;
import orrery.server.operations.capacity.Capacity.Availability;
import orrery.server.operations.capacity.Capacity.Changes;
import orrery.server.operations.capacity.Capacity.Counts;
import orrery.server.operations.capacity.Capacity.Headroom;
import orrery.server.operations.capacity.Capacity.OfGpu;
import orrery.server.operations.capacity.Capacity.OfType;
import orrery.server.platform.catalogue.GpuTypes;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.platform.catalogue.OfferState;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Region;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// What is left of what regions offer, counted when somebody asks: a few queries, however many
/// types and servers there are.
@Singleton
public final class Capacities {
    private static final Permission GET = new Permission("infrastructure.capacity.get");

    private final ShownTable shown = new ShownTable();
    private final Database database;
    private final Access access;
    private final Regions regions;
    private final InstanceTypes types;
    private final GpuTypes gpuTypes;
    private final Fleet fleet;
    private final Instances instances;
    private final Quotas quotas;

    public Capacities(Database database, Access access, Regions regions, InstanceTypes types,
            GpuTypes gpuTypes, Fleet fleet, Instances instances, Quotas quotas) {
        this.database = database;
        this.access = access;
        this.regions = regions;
        this.types = types;
        this.gpuTypes = gpuTypes;
        this.fleet = fleet;
        this.instances = instances;
        this.quotas = quotas;
    }

    /// Which part of it is asked for.
    ///
    /// @param types codes of instance types, and so of the GPUs that they come with; empty for all
    /// @param gpuModels codes of GPU types, and so of the instance types with them; empty for all
    public record Asked(Set<String> types, Set<String> gpuModels) {
        public Asked {
            types = Set.copyOf(types);
            gpuModels = Set.copyOf(gpuModels);
        }

        boolean has(InstanceType type) {
            return (types.isEmpty() || types.contains(type.code()))
                    && (gpuModels.isEmpty() || type.gpuType() != null
                            && gpuModels.contains(type.gpuType()));
        }
    }

    private record Place(String region, String zone, String code) {
        static Place of(Stock stock) {
            return new Place(stock.region(), stock.zone(), stock.code());
        }
    }

    /// What a caller may know: operators the numbers, others a word.
    ///
    /// @param region code; `global` for all
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.NotFound] for the region
    public Capacity get(Grant grant, String region, Asked asked) {
        boolean isOperator = access.allows(grant.call(), GET, Scope.PLATFORM);
        var one = Regions.one(region);
        var places = places(grant, one);
        var headroom = grant.scope().organization() == null ? null
                : Headroom.of(quotas.get(grant));
        return database.read(grant, tx -> {
            var offered = types.all(tx, one);
            return new Capacity(
                    ofTypes(tx, one, places, offered.stream().filter(asked::has).toList(),
                            isOperator),
                    ofGpus(tx, one, places, gpus(offered, asked), isOperator), headroom);
        });
    }

    /// What changed for the caller since it asked last.
    ///
    /// @param region code; `global` for all
    /// @param since the watermark that it was told then; 0, or one of ours that is not known any
    ///     more, for everything
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.NotFound] for the region
    public Changes changes(Grant grant, String region, long since) {
        boolean isOperator = access.allows(grant.call(), GET, Scope.PLATFORM);
        var one = Regions.one(region);
        var places = places(grant, one);
        return database.tx(grant, tx -> {
            var watermark = shown.next(tx);
            var offered = types.all(tx, one);
            var now = new Capacity(ofTypes(tx, one, places, offered, isOperator),
                    ofGpus(tx, one, places, null, isOperator), null);
            shown.note(tx, isOperator, now.instanceTypes().stream().map(OfType::key).toList(),
                    now.instanceTypes(), watermark);
            shown.note(tx, isOperator, now.gpuTypes().stream().map(OfGpu::key).toList(),
                    now.gpuTypes(), watermark);
            shown.keep(tx, isOperator, one, now.keys(), watermark);
            var changed = shown.since(tx, isOperator, one, since < watermark ? since : 0);
            return new Changes(now.only(changed.stream().map(ShownTable.Changed::key)
                            .collect(Collectors.toSet())),
                    changed.stream().filter(ShownTable.Changed::isGone)
                            .map(ShownTable.Changed::key).toList(), watermark);
        });
    }

    private Map<String, Region> places(Grant grant, @Nullable String region) {
        return (region == null ? regions.list(grant) : List.of(regions.get(grant, region)))
                .stream().collect(Collectors.toMap(Region::code, Function.identity()));
    }

    private List<OfType> ofTypes(Tx tx, @Nullable String region, Map<String, Region> places,
            List<InstanceType> offered, boolean isOperator) {
        var servers = byPlace(fleet.ofSizes(tx, region, offered.stream()
                .filter(it -> it.kind() == InstanceType.Kind.BAREMETAL)
                .map(Capacities::size).toList()));
        var machines = instances.counted(tx, region).stream().collect(Collectors.toMap(
                it -> new Place(it.region(), it.zone(), it.type()), Function.identity()));
        var all = new ArrayList<OfType>();
        for (var type : offered) {
            for (var zone : type.zones()) {
                var place = new Place(type.region(), zone, type.code());
                all.add(switch (type.kind()) {
                    case BAREMETAL -> {
                        var stock = servers.getOrDefault(place, none(place));
                        yield new OfType(type.region(), zone, type.code(), type.kind(),
                                isOpen(places.get(type.region()), type.state())
                                        ? Availability.of(stock.available(), stock.total())
                                        : Availability.NONE,
                                isOperator ? Counts.of(stock) : null);
                    }
                    case VM -> {
                        var counted = machines.get(place);
                        yield new OfType(type.region(), zone, type.code(), type.kind(), null,
                                isOperator ? new Counts(null, null, null,
                                        counted == null ? 0 : counted.inUse(),
                                        counted == null ? 0 : counted.unhealthy()) : null);
                    }
                });
            }
        }
        return all;
    }

    /// Those of the catalogue in every zone of their region; to operators also models that are in
    /// servers and not in the catalogue.
    private List<OfGpu> ofGpus(Tx tx, @Nullable String region, Map<String, Region> places,
            @Nullable Set<String> codes, boolean isOperator) {
        var found = byPlace(fleet.accelerators(tx, region));
        var shown = new LinkedHashMap<Place, Boolean>();
        for (var type : gpuTypes.all(tx, region)) {
            var place = places.get(type.region());
            place.zones().forEach(zone -> shown.put(new Place(type.region(), zone, type.code()),
                    isOpen(place, type.state())));
        }
        if (isOperator) {
            found.keySet().forEach(place -> shown.putIfAbsent(place, false));
        }
        var all = new ArrayList<OfGpu>();
        shown.forEach((place, isOpen) -> {
            if (codes == null || codes.contains(place.code())) {
                var stock = found.getOrDefault(place, none(place));
                all.add(new OfGpu(place.region(), place.zone(), place.code(),
                        isOpen ? Availability.of(stock.available(), stock.total())
                                : Availability.NONE,
                        isOperator ? Counts.of(stock) : null));
            }
        });
        return all;
    }

    /// Codes of the GPU types that are asked for; `null` for all.
    private static @Nullable Set<String> gpus(List<InstanceType> offered, Asked asked) {
        if (asked.types().isEmpty()) {
            return asked.gpuModels().isEmpty() ? null : asked.gpuModels();
        }
        return offered.stream().filter(asked::has).map(InstanceType::gpuType)
                .filter(Objects::nonNull).collect(Collectors.toCollection(HashSet::new));
    }

    private static boolean isOpen(Region region, OfferState state) {
        return region.state().isOpen() && state == OfferState.ACTIVE;
    }

    private static Size size(InstanceType type) {
        return new Size(type.region(), type.code(), type.zones(), type.cpuCores(), type.ramGb(),
                type.gpuType(), type.gpuCount());
    }

    private static Map<Place, Stock> byPlace(List<Stock> stocks) {
        return stocks.stream().collect(Collectors.toMap(Place::of, Function.identity()));
    }

    private static Stock none(Place place) {
        return new Stock(place.region(), place.zone(), place.code(), 0, 0, 0, 0, 0);
    }
}
