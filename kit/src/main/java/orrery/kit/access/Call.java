package orrery.kit.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One request or one run step: who asks, in which request, and until when an answer is of use.
///
/// @param requestId `req_{region}-{unix millis}-{12 lower hex}`
/// @param home where a caller lives whose API family has no word for organization and project: the
///     session's current organization and project; `null` when not signed in
/// @param address the client's address; `null` when nobody called from outside
/// @param deadline after it nobody waits for the answer any more
/// @param once the Idempotency-Key (its row's id) whose request this is, which may change things
///     once and no more; `null` when the caller sent none
public record Call(
        Principal principal,
        String requestId,
        @Nullable Scope home,
        @Nullable String address,
        Instant deadline,
        @Nullable String once) {
    /// A call that carries no Idempotency-Key.
    public Call(Principal principal, String requestId, @Nullable Scope home,
            @Nullable String address, Instant deadline) {
        this(principal, requestId, home, address, deadline, null);
    }


    /// The same call after the caller proved who it is.
    public Call as(Principal principal, @Nullable Scope home) {
        return new Call(principal, requestId, home, address, deadline, once);
    }
}
