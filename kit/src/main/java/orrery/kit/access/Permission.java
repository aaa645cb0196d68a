package orrery.kit.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// What may be done, as `service.resource.verb`: `compute.clusters.create`.
///
/// Roles hold permissions or patterns of them: `compute.clusters.*`, `compute.*`, `*`.
///
/// It is made once and asked for often, so it knows the entries that cover it. In the row of a run
/// it stands as `{"name": "compute.clusters.create"}`.
public final class Permission {
    private static final Pattern SHAPE = Pattern.compile("[a-z]+(\\.[a-zA-Z]+){1,3}");
    private static final String EVERYTHING = "*";

    private final String name;
    private final List<String> coveredBy;

    @JsonCreator
    public Permission(@JsonProperty("name") String name) {
        if (!SHAPE.matcher(name).matches()) {
            throw new IllegalArgumentException("not a permission: " + name);
        }
        this.name = name;
        var entries = new ArrayList<>(List.of(name));
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            entries.add(name.substring(0, dot) + ".*");
        }
        entries.add(EVERYTHING);
        this.coveredBy = List.copyOf(entries);
    }

    @JsonProperty("name")
    public String name() {
        return name;
    }

    /// The same for another verb: to `update` what this one sees.
    public Permission to(String verb) {
        return new Permission(name.substring(0, name.lastIndexOf('.') + 1) + verb);
    }

    /// Whether any entry of `held` covers this permission: a look-up for each segment, however many
    /// entries there are.
    public boolean isCoveredByAny(Set<String> held) {
        for (int i = 0; i < coveredBy.size(); i++) {
            if (held.contains(coveredBy.get(i))) {
                return true;
            }
        }
        return false;
    }

    /// Whether a role's entry covers this permission. A `*` stands for whole segments at the end.
    public boolean isCoveredBy(String pattern) {
        return coveredBy.contains(pattern);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Permission permission && permission.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}
