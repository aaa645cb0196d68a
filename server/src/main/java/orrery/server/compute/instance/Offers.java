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
import orrery.server.platform.catalogue.InstanceType.Kind;
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
    ///
    /// @param zones where it may be made
    record Choice(InstanceType type, List<String> zones, List<Gpu> gpus, List<Disk> disks) {}

    /// @param only the kind that it must be; `null` for any
    /// @param mistakes grows by what is not offered
    /// @throws Problem.Failure [Problem.Unprocessable] for a type that there is not: nothing else
    ///     can be said without it
    Choice choose(Tx tx, Region region, NewInstance asked, @Nullable Kind only,
            List<Mistake> mistakes) {
        var type = type(tx, region, asked.type(), only, mistakes);
        if (type.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
        var zones = zones(region, type.get(), asked, mistakes);
        if (type.get().kind() == Kind.VM) {
            verifyVirtual(asked, mistakes);
        } else {
            verifyMetal(asked, mistakes);
        }
        return new Choice(type.get(), zones, gpus(tx, region, type.get(), asked, mistakes),
                disks(tx, region, type.get(), asked, mistakes));
    }

    private Optional<InstanceType> type(Tx tx, Region region, String text, @Nullable Kind only,
            List<Mistake> mistakes) {
        var found = Reference.in("instance-types", text)
                .filter(it -> it.prefix() == null
                        || it.prefix().startsWith(path(region) + "/zones/"))
                .flatMap(it -> types.find(tx, region.code(), it.key()))
                .filter(it -> it.state() == OfferState.ACTIVE);
        if (found.isEmpty()) {
            mistakes.add(new Mistake("type", "is no instance type that region " + region.code()
                    + " offers"));
        } else if (only != null && found.get().kind() != only) {
            mistakes.add(new Mistake("type", "must be a type of kind " + only.text()));
            return Optional.empty();
        }
        return found;
    }

    private static void verifyVirtual(NewInstance asked, List<Mistake> mistakes) {
        if (asked.serverId() != null) {
            mistakes.add(new Mistake("serverId", "must be left out: the type is a virtual one"));
        }
        if (asked.allocationId() != null) {
            mistakes.add(new Mistake("allocationId",
                    "must be left out: the type is a virtual one"));
        }
    }

    /// A server comes as it is: nobody plugs disks and cards in for a while.
    private static void verifyMetal(NewInstance asked, List<Mistake> mistakes) {
        if (asked.disks().size() > 1) {
            mistakes.add(new Mistake("disks",
                    "must be the boot disk alone: a server comes with its own"));
        }
        if (asked.disks().getFirst().sizeGb() != null) {
            mistakes.add(new Mistake("disks[0].sizeGb",
                    "must be left out: a server comes with its own disks"));
        }
        if (asked.nics() != null && !asked.nics().isEmpty()) {
            mistakes.add(new Mistake("nics",
                    "must be left out: a server is in its region's own network"));
        }
    }

    /// Where it may be made: in the zone that the request names or the one in its type's path, else
    /// in all where the type is offered, the first one before the others.
    private static List<String> zones(
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
            return offered;
        }
        if (!offered.contains(zone)) {
            mistakes.add(new Mistake(named == null ? "type" : "zone",
                    "is offered in " + (offered.isEmpty() ? "no zone" : offered) + " only"));
        }
        return List.of(String.valueOf(zone));
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
        if (type.kind() == Kind.BAREMETAL && !asked.gpus().isEmpty()) {
            mistakes.add(new Mistake("gpus", "must be left out: type " + type.code()
                    + " comes without; choose a type that has some"));
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
            if (disk.isVolume()) {
                continue;
            }
            var at = "disks[" + i + "].";
            var image = disk.source() == null ? null
                    : image(tx, region, disk.source(), at + "source", mistakes);
            int size = disk.sizeGb() != null ? disk.sizeGb()
                    : Math.max(type.diskGb(), image == null ? 0 : image.minDiskGb());
            if (image != null && size < image.minDiskGb()) {
                mistakes.add(new Mistake(at + "sizeGb", "must be at least " + image.minDiskGb()
                        + " for image " + image.code()));
            }
            if (image != null && type.kind() == Kind.BAREMETAL
                    && !image.url().startsWith("http")) {
                mistakes.add(new Mistake(at + "source",
                        "must be an image at an http or https address, for a server"));
            }
            all.add(new Disk(size, disk.bus(),
                    image == null ? null : path(region) + "/compute/images/" + image.code(),
                    image == null ? null : image.url(),
                    image == null ? null : image.checksum(), disk.boot(), disk.type(),
                    disk.mode()));
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
                    + " offers, or the identifier or path of a volume"));
        }
        return found.orElse(null);
    }

    private static String path(Region region) {
        return "/v1/regions/" + region.code();
    }
}
