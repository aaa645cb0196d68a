package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.db.Tx;
import orrery.server.platform.catalogue.Image;
import orrery.server.platform.catalogue.Images;
import orrery.server.platform.catalogue.GpuTypes;
import orrery.server.platform.catalogue.InstanceType;
import orrery.server.platform.catalogue.InstanceTypes;
import orrery.server.platform.catalogue.OfferState;
import orrery.server.tenancy.region.Region;
import org.jspecify.annotations.Nullable;

/// What a region's catalogue makes of the codes in a request.
@Singleton
final class Offers {
    private final InstanceTypes types;
    private final Images images;
    private final GpuTypes gpuTypes;

    Offers(InstanceTypes types, Images images, GpuTypes gpuTypes) {
        this.types = types;
        this.images = images;
        this.gpuTypes = gpuTypes;
    }

    /// What is taken of the catalogue: it stays so for the machine, whatever is offered later.
    record Choice(InstanceType type, String zone, List<Gpu> gpus, List<Disk> disks) {}

    /// @param mistakes grows by what is not offered
    /// @throws Problem.Failure [Problem.Unprocessable] for a type that there is not: nothing else
    ///     can be said without it
    Choice choose(Tx tx, Region region, NewInstance asked, List<Mistake> mistakes) {
        var type = type(tx, region, asked.type(), mistakes);
        if (type.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
        var zone = zone(region, type.get(), asked, mistakes);
        return new Choice(type.get(), zone, gpus(tx, region, type.get(), asked, mistakes),
                disks(tx, region, type.get(), asked, mistakes));
    }

    private Optional<InstanceType> type(
            Tx tx, Region region, String text, List<Mistake> mistakes) {
        var found = Reference.in("instance-types", text)
                .filter(it -> it.prefix() == null
                        || it.prefix().startsWith(path(region) + "/zones/"))
                .flatMap(it -> types.find(tx, region.code(), it.key()))
                .filter(it -> it.state() == OfferState.ACTIVE);
        if (found.isEmpty()) {
            mistakes.add(new Mistake("type", "is no instance type that region " + region.code()
                    + " offers"));
        } else if (found.get().kind() == InstanceType.Kind.BAREMETAL) {
            mistakes.add(new Mistake("type", "is a bare metal type; these are not offered yet,"
                    + " choose one of kind vm"));
            return Optional.empty();
        }
        return found;
    }

    /// The zone that the request names, the one in its type's path, or the first that there is.
    private static String zone(
            Region region, InstanceType type, NewInstance asked, List<Mistake> mistakes) {
        var inPath = Reference.in("instance-types", asked.type()).map(Reference::prefix)
                .map(prefix -> prefix.substring(prefix.lastIndexOf('/') + 1)).orElse(null);
        var named = asked.zone() == null ? null : Reference.in("zones", asked.zone())
                .filter(it -> it.isBelow(path(region))).map(Reference::key).orElse("");
        var offered = type.zones().stream().filter(region.zones()::contains).sorted().toList();
        if (named != null && inPath != null && !named.equals(inPath)) {
            mistakes.add(new Mistake("zone", "is another than that of the type's path"));
        }
        var zone = named != null ? named : inPath;
        if (zone == null && !offered.isEmpty()) {
            return offered.getFirst();
        }
        if (!offered.contains(zone)) {
            mistakes.add(new Mistake(named == null ? "type" : "zone",
                    "is offered in " + (offered.isEmpty() ? "no zone" : offered) + " only"));
        }
        return String.valueOf(zone);
    }

    private List<Gpu> gpus(Tx tx, Region region, InstanceType type, NewInstance asked,
            List<Mistake> mistakes) {
        var all = new ArrayList<Gpu>();
        if (type.gpuType() != null) {
            gpu(tx, region, type.gpuType(), type.gpuCount(), "type", mistakes)
                    .ifPresent(all::add);
            if (!asked.gpus().isEmpty()) {
                mistakes.add(new Mistake("gpus", "must be left out: type " + type.code()
                        + " comes with " + type.gpuCount() + " of " + type.gpuType()));
            }
            return all;
        }
        for (int i = 0; i < asked.gpus().size(); i++) {
            var gpu = asked.gpus().get(i);
            gpu(tx, region, gpu.type(), gpu.count(), "gpus[" + i + "].type", mistakes)
                    .ifPresent(all::add);
        }
        return all;
    }

    private Optional<Gpu> gpu(Tx tx, Region region, String text, int count, String field,
            List<Mistake> mistakes) {
        var found = Reference.in("gpu-types", text).filter(it -> it.isBelow(path(region)))
                .flatMap(it -> gpuTypes.find(tx, region.code(), it.key()))
                .filter(it -> it.state() == OfferState.ACTIVE);
        if (found.isEmpty()) {
            mistakes.add(new Mistake(field, "needs a GPU type that region " + region.code()
                    + " offers"));
        }
        return found.map(it -> new Gpu(it.code(), count, it.deviceName()));
    }

    private List<Disk> disks(Tx tx, Region region, InstanceType type, NewInstance asked,
            List<Mistake> mistakes) {
        var all = new ArrayList<Disk>();
        for (int i = 0; i < asked.disks().size(); i++) {
            var disk = asked.disks().get(i);
            var at = "disks[" + i + "].";
            var image = disk.source() == null ? null
                    : image(tx, region, disk.source(), at + "source", mistakes);
            int size = disk.sizeGb() != null ? disk.sizeGb()
                    : Math.max(type.diskGb(), image == null ? 0 : image.minDiskGb());
            if (image != null && size < image.minDiskGb()) {
                mistakes.add(new Mistake(at + "sizeGb", "must be at least " + image.minDiskGb()
                        + " for image " + image.code()));
            }
            all.add(new Disk(size, disk.bus(),
                    image == null ? null : path(region) + "/compute/images/" + image.code(),
                    image == null ? null : image.url(), disk.boot(), disk.type(), disk.mode()));
        }
        return all;
    }

    private @Nullable Image image(
            Tx tx, Region region, String text, String field, List<Mistake> mistakes) {
        var found = Reference.in("compute/images", text)
                .filter(it -> it.isBelow(path(region)))
                .flatMap(it -> images.find(tx, region.code(), it.key()))
                .filter(it -> it.state() == OfferState.ACTIVE);
        if (found.isEmpty()) {
            mistakes.add(new Mistake(field, "must be an image that region " + region.code()
                    + " offers; disks of volumes and snapshots are not offered yet"));
        }
        return found.orElse(null);
    }

    private static String path(Region region) {
        return "/v1/regions/" + region.code();
    }
}
