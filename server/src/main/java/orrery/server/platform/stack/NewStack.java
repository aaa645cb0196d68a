package orrery.server.platform.stack;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import orrery.kit.Ids;
import orrery.kit.Mistakes;
import orrery.kit.Naming;
import orrery.kit.Slug;
import org.jspecify.annotations.Nullable;

/// A stack that somebody asks for, or what one shall become.
///
/// @param name `null` for one of ours
/// @param regions codes of the regions that offer it; empty for all
/// @param upgradesTo identifiers or names of the stacks that what was made from it can be brought
///     to
public record NewStack(
        @Nullable String name,
        @Nullable String displayName,
        @Nullable String description,
        Map<String, String> labels,
        Stack.Kind kind,
        StackSpec spec,
        List<String> regions,
        List<String> upgradesTo) {
    private static final int MOST = 64;
    private static final Pattern TEXT = Pattern.compile("[-._/A-Za-z0-9]{1,63}");

    public NewStack {
        labels = labels == null ? Map.of() : Map.copyOf(labels);
        regions = regions == null ? List.of() : List.copyOf(regions);
        upgradesTo = upgradesTo == null ? List.of() : List.copyOf(upgradesTo);
        var mistakes = Naming.check(new Mistakes(), name, displayName, description);
        spec.check(mistakes, kind == null ? Stack.Kind.CLUSTER : kind);
        mistakes.unless(labels.size() <= MOST, "labels", "must have at most " + MOST + " entries")
                .unless(regions.size() <= MOST, "regions", "must have at most " + MOST)
                .unless(upgradesTo.size() <= MOST, "upgradesTo", "must have at most " + MOST);
        labels.forEach((key, value) -> mistakes.unless(
                TEXT.matcher(key).matches() && (value.isEmpty() || TEXT.matcher(value).matches()),
                "labels." + key, "must have at most 63 letters, digits, '-', '_', '.' and '/',"
                        + " and so must its value"));
        check(mistakes, "regions", regions);
        check(mistakes, "upgradesTo", upgradesTo);
        mistakes.orRefuse();
    }

    private static void check(Mistakes mistakes, String field, List<String> all) {
        for (int i = 0; i < all.size(); i++) {
            mistakes.unless(Ids.isId(all.get(i)) || Slug.isSlug(all.get(i)),
                    field + "[" + i + "]", "is no " + (field.equals("regions")
                            ? "code of a region" : "identifier or name of a stack"));
        }
    }
}
