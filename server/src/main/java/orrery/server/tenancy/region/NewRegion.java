package orrery.server.tenancy.region;

import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.Slug;
import org.jspecify.annotations.Nullable;

/// A management cluster that an operator connects.
///
/// @param code how paths call it
/// @param kubeconfig text of a kubeconfig file
/// @param context which of its contexts; `null` for the current one
/// @param zones codes; empty for one of ours
/// @param features what is special about it: `simulated`
public record NewRegion(
        String code,
        String displayName,
        String kubeconfig,
        @Nullable String context,
        List<String> zones,
        List<String> features) {

    public NewRegion {
        zones = List.copyOf(zones);
        features = List.copyOf(features);
        Slug.check(Region.check(new Mistakes(), displayName, zones.isEmpty() ? null : zones),
                "code", code).orRefuse();
    }

    /// One with a zone of ours.
    public NewRegion(String code, String displayName, String kubeconfig,
            @Nullable String context, List<String> features) {
        this(code, displayName, kubeconfig, context, List.of(), features);
    }

    @Override
    public String toString() {
        return "NewRegion[" + code + "]";
    }
}
