package orrery.server.iam.policy;

import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// Ends what counts in one project alone: policies, keys, accounts. Every feature that keeps such
/// things has one, as a bean; all of them are told when the project is deleted.
public interface ProjectEnd {
    void ended(Tx tx, Scope project);
}
