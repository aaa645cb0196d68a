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
/// @param features what is special about it: `simulated`
public record NewRegion(
        String code,
        String displayName,
        String kubeconfig,
        @Nullable String context,
        List<String> features) {

    public NewRegion {
        features = List.copyOf(features);
        var mistakes = new Mistakes();
        Slug.check(mistakes, "code", code);
        mistakes.unless(!displayName.isBlank() && displayName.length() <= 255,
                "displayName", "must have 1 to 255 characters");
        mistakes.orRefuse();
    }

    @Override
    public String toString() {
        return "NewRegion[" + code + "]";
    }
}
