package orrery.server.auth.federation;

import org.jspecify.annotations.Nullable;

/// What a sign-in at another provider came to.
///
/// @param <T> what was opened for who came in
public sealed interface Outcome<T> {

    /// The person is signed in.
    record Entered<T>(Purpose purpose, T opened) implements Outcome<T> {}

    /// The person is who they say, and must show a second factor here before they are signed in.
    ///
    /// @param arrival with what was shown so far
    /// @param isBare whether there is nothing to show, so that it must be set up
    record Halfway<T>(Arrival arrival, boolean isBare) implements Outcome<T> {}

    /// The identity is one of the account's from now on.
    record Linked<T>(Identity identity) implements Outcome<T> {}

    /// The person is not signed in.
    ///
    /// @param purpose what it was begun for; `null` when nobody knows any more
    record Failed<T>(@Nullable Purpose purpose, Refusal.Reason reason) implements Outcome<T> {}
}
