package orrery.kit.http;

import java.util.Optional;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;

/// Knows where the things of one kind lie. Every feature whose things are named by identifier in
/// policies, checks or paths has one, as a bean.
public interface Locator {
    /// What its identifiers begin with: `cls`.
    String prefix();

    /// The organization or project that something lies in; empty when it is not there.
    ///
    /// @param id an identifier with that prefix
    Optional<Scope> find(Tx tx, String id);
}
