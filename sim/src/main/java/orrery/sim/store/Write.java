package orrery.sim.store;

/// How a write is meant.
///
/// @param manager who owns the fields it sets (`metadata.managedFields`)
/// @param subresource `status` writes the status alone; empty writes all but the status
/// @param dryRun everything is checked, nothing is kept
/// @param strict unknown fields are refused (`fieldValidation=Strict`)
public record Write(String manager, String subresource, boolean dryRun, boolean strict) {

    public static Write by(String manager) {
        return new Write(manager, "", false, false);
    }

    /// The same, on the status subresource.
    public Write onStatus() {
        return on("status");
    }

    /// The same, on a subresource; empty for the object itself.
    public Write on(String subresource) {
        return new Write(manager, subresource, dryRun, strict);
    }

    boolean status() {
        return subresource.equals("status");
    }
}
