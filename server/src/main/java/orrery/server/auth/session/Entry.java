package orrery.server.auth.session;

import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;
import orrery.server.iam.user.User;

/// How somebody came in, as far as a session must know.
///
/// @param home the organization and project that the session is in
/// @param boundTo see [Session#boundTo]
/// @param proof how the person proved who they are
/// @param providerId see [Session#providerId]
public record Entry(
        Scope home, @Nullable String boundTo, Proof proof, @Nullable String providerId) {

    /// By something that is the person's own, such as a password.
    public static Entry of(User user, Proof proof) {
        return new Entry(user.home(), null, proof, null);
    }

    /// The same, proved that way.
    public Entry with(Proof other) {
        return new Entry(home, boundTo, other, providerId);
    }
}
