package orrery.server.tenancy.project;

import java.util.List;
import java.util.Set;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// Names what lives in a project, keeps it from being deleted, and goes with a project that is
/// deleted with all that is in it. Every feature with resources in projects has one, as a bean;
/// all of them are asked.
@FunctionalInterface
public interface Contents {
    /// When resources go, of those that a project is deleted with: what stands on others goes
    /// before them.
    enum Layer {
        /// They do not: who wants the project deleted takes them away first.
        KEPT,
        /// What runs on clusters and machines.
        WORKLOADS,
        /// Clusters, machines.
        MACHINES,
        /// What machines use: addresses, volumes.
        PARTS,
        NETWORKS
    }

    /// @return `kind/name` of resources that are not deleted, a few are enough
    List<String> of(Tx tx, Scope project);

    /// Identifiers of the projects that have something of this feature in a region.
    default Set<String> projectsIn(Tx tx, String region) {
        return Set.of();
    }

    default Layer layer() {
        return Layer.KEPT;
    }

    /// Begins to delete all that [#of] names, in this transaction or by runs. When the runs have
    /// ended it is called again, until [#of] names nothing: it may delete some at a time. Nothing
    /// is added meanwhile that asks [Projects#hold] first.
    ///
    /// The grant of the transaction is for the project or its organization. Runs are started where
    /// the project is, which is told to [orrery.kit.durable.Runs] as their scope.
    ///
    /// @return identifiers of the runs, those included that were under way
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.InUse] for what something else than
    ///     the project's own uses
    default List<String> clear(Tx tx, Scope project) {
        throw new IllegalStateException(getClass().getName() + " says no layer");
    }
}
