package orrery.server.iam.provider;

import orrery.kit.db.Tx;

/// Ends what was opened on a provider's word. Every feature that opens such things has one, as a
/// bean; all of them are told.
public interface ProviderEnd {
    /// The provider signs in nobody any more, or another one stands where it was.
    void ended(Tx tx, String provider);
}
