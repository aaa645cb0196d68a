package orrery.server.iam.user;

import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;

/// Ends what a person has open: sessions, tokens, keys. Every feature that keeps such things has
/// one, as a bean; all of them are told.
public interface Departure {
    /// The person is suspended: nothing that it has open counts any more.
    ///
    /// @param organization where; `null` for everywhere
    void suspended(Tx tx, String user, @Nullable String organization);

    /// The person has left an organization for good: nothing that it had there comes back.
    void left(Tx tx, String user, String organization);

    /// The organization is suspended or deleted. What asks the organization's state, or its epoch,
    /// each time that it is used has nothing to do.
    default void closed(Tx tx, String organization) {}

    /// The organization demands a second factor from now on: what people opened there without one
    /// ends. What no person signs in with, such as keys, stays.
    default void demanding(Tx tx, String organization) {}
}
