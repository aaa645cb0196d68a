package orrery.server.operations.capacity;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.server.infrastructure.machine.Stock;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.tenancy.quota.Quota;

/// What is left of what regions offer, as one caller may know it.
///
/// @param headroom what the caller's organization may still have; `null` for none in particular
public record Capacity(
        List<OfType> instanceTypes, List<OfGpu> gpuTypes, @Nullable Headroom headroom) {

    public Capacity {
        instanceTypes = List.copyOf(instanceTypes);
        gpuTypes = List.copyOf(gpuTypes);
    }

    Set<Key> keys() {
        return Stream.concat(instanceTypes.stream().map(OfType::key),
                gpuTypes.stream().map(OfGpu::key)).collect(Collectors.toSet());
    }

    /// These rows alone.
    Capacity only(Set<Key> some) {
        return new Capacity(
                instanceTypes.stream().filter(it -> some.contains(it.key())).toList(),
                gpuTypes.stream().filter(it -> some.contains(it.key())).toList(), headroom);
    }

    /// How much there is, in a word that tells nobody how much the provider has.
    public enum Availability {
        NONE,
        /// At most two, or a tenth.
        LOW,
        HIGH;

        private static final int FEW = 2;
        private static final int TENTH = 10;

        static Availability of(long available, long total) {
            return available == 0 ? NONE
                    : available <= Math.max(FEW, total / TENTH) ? LOW : HIGH;
        }
    }

    /// What a row is of.
    ///
    /// @param kind `instanceType` or `gpuType`
    public record Key(String kind, String region, String zone, String code) {}

    /// What changed since a watermark, whatever it was in between.
    ///
    /// @param changed as it is now
    /// @param gone what is offered no more
    /// @param watermark to ask with next
    public record Changes(Capacity changed, List<Key> gone, long watermark) {
        public Changes {
            gone = List.copyOf(gone);
        }
    }

    /// For operators. Those that are `null` the region's Kubernetes knows alone: it places virtual
    /// machines where there is room.
    public record Counts(@Nullable Long total, @Nullable Long available, @Nullable Long reserved,
            long inUse, long unhealthy) {
        static Counts of(Stock stock) {
            return new Counts(stock.total(), stock.available(), stock.reserved(), stock.inUse(),
                    stock.unhealthy());
        }
    }

    /// Machines of a type in a zone.
    ///
    /// @param availability `null` for virtual machines
    /// @param counts of whole servers, or of virtual machines; `null` for who is no operator
    public record OfType(String region, String zone, String code, InstanceType.Kind kind,
            @Nullable Availability availability, @Nullable Counts counts) {
        Key key() {
            return new Key("instanceType", region, zone, code);
        }
    }

    /// GPUs in the servers of a zone.
    ///
    /// @param counts of GPUs; `null` for who is no operator
    public record OfGpu(String region, String zone, String code, Availability availability,
            @Nullable Counts counts) {
        Key key() {
            return new Key("gpuType", region, zone, code);
        }
    }

    /// What may be had until a quota is used up; `null` where it has no limit.
    ///
    /// @param ramGb 2³⁰ bytes
    /// @param storageTb 2⁴⁰ bytes
    public record Headroom(
            @Nullable Long gpuCount, @Nullable Long cpuCores, @Nullable Long ramGb,
            @Nullable Long storageTb, @Nullable Long clusterCount) {
        static Headroom of(Quota quota) {
            var used = quota.used();
            return new Headroom(left(quota.gpuCount(), used.gpuCount()),
                    left(quota.cpuCores(), used.cpuCores()), left(quota.ramGb(), used.ramGb()),
                    left(quota.storageTb(), used.storageTb()),
                    left(quota.clusterCount(), used.clusterCount()));
        }

        private static @Nullable Long left(@Nullable Long limit, long used) {
            return limit == null ? null : Long.valueOf(Math.max(0, limit - used));
        }
    }
}
