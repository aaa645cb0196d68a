package orrery.sim.store;

import java.util.List;
import java.util.Set;

/// How a write is meant.
///
/// @param manager who owns the fields it sets (`metadata.managedFields`)
/// @param subresource `status` writes the status alone; empty writes all but the status
/// @param dryRun everything is checked, nothing is kept
/// @param strict unknown fields are refused (`fieldValidation=Strict`)
/// @param warnings gets the unknown fields that were dropped; null where nobody wants to know
public record Write(String manager, String subresource, boolean dryRun, boolean strict,
        Set<String> warnings) {

    public static Write by(String manager) {
        return new Write(manager, "", false, false, null);
    }

    /// The same, on the status subresource.
    public Write onStatus() {
        return on("status");
    }

    /// The same, on a subresource; empty for the object itself.
    public Write on(String subresource) {
        return new Write(manager, subresource, dryRun, strict, warnings);
    }

    /// The same; kept only when `dry` is false.
    public Write dry(boolean dry) {
        return new Write(manager, subresource, dry, strict, warnings);
    }

    boolean status() {
        return subresource.equals("status");
    }

    /// Takes note of fields that were dropped.
    void dropped(List<String> unknown) {
        if (warnings != null) {
            unknown.forEach(field -> warnings.add("unknown field \"" + field + "\""));
        }
    }
}
