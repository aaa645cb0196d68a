package orrery.kit.access;

import java.util.Set;
import java.util.regex.Pattern;

/// What may be done, as `service.resource.verb`: `compute.clusters.create`.
///
/// Roles hold permissions or patterns of them: `compute.clusters.*`, `compute.*`, `*`.
public record Permission(String name) {
    private static final Pattern SHAPE = Pattern.compile("[a-z]+(\\.[a-zA-Z]+){1,3}");

    public Permission {
        if (!SHAPE.matcher(name).matches()) {
            throw new IllegalArgumentException("not a permission: " + name);
        }
    }

    /// Whether any entry of `held` covers this permission: a look-up for each segment, however many
    /// entries there are.
    public boolean isCoveredByAny(Set<String> held) {
        if (held.contains(name) || held.contains("*")) {
            return true;
        }
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            if (held.contains(name.substring(0, dot) + ".*")) {
                return true;
            }
        }
        return false;
    }

    /// Whether a role's entry covers this permission. A `*` stands for whole segments at the end.
    public boolean isCoveredBy(String pattern) {
        if (pattern.equals("*") || pattern.equals(name)) {
            return true;
        }
        return pattern.endsWith(".*")
                && name.startsWith(pattern.substring(0, pattern.length() - 1));
    }
}
