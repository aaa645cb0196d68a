package orrery.server.compute.storage;

import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import orrery.server.infrastructure.storage.Backend;
import orrery.server.tenancy.project.Labels;
import org.jspecify.annotations.Nullable;

/// A volume that somebody asks for. It holds nothing that could not be made of it in some region.
///
/// @param name `null` for one of ours
/// @param type a storage class; `null` for any that the region offers
/// @param zone where it must be reached; `null` for anywhere
public record NewVolume(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        int sizeGb,
        @Nullable String type,
        @Nullable String zone) {
    static final int LARGEST = 65_536;

    public NewVolume {
        labels = Map.copyOf(labels);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description)
                .check("zone", zone, Slug::isSlug, Slug.RULE);
        Labels.check(mistakes, "labels", labels);
        Backend.checkClass(mistakes, "type", type);
        checkSize(mistakes, sizeGb);
        mistakes.orRefuse();
    }

    static void checkSize(Mistakes mistakes, @Nullable Integer sizeGb) {
        mistakes.check("sizeGb", sizeGb, it -> it >= 1 && it <= LARGEST,
                "must be 1 to " + LARGEST);
    }
}
