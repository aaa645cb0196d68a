package orrery.server.tenancy.project;

import java.util.List;
import java.util.Set;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// Names what lives in a project and keeps it from being deleted. Every feature with resources in
/// projects has one, as a bean; all of them are asked.
@FunctionalInterface
public interface Contents {
    /// @return `kind/name` of resources that are not deleted, a few are enough
    List<String> of(Tx tx, Scope project);

    /// Identifiers of the projects that have something of this feature in a region.
    default Set<String> projectsIn(Tx tx, String region) {
        return Set.of();
    }
}
