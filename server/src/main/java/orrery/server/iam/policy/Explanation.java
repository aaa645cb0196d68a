package orrery.server.iam.policy;

import org.jspecify.annotations.Nullable;

/// Why somebody may do something, or may not.
///
/// @param via the policy that gives it; `null` where none does
public record Explanation(String reason, @Nullable Via via) {
    /// What was asked about is not there, or not to be known.
    public static final Explanation UNKNOWN = new Explanation("the resource is not there", null);

    /// @param scope identifier of the place where it was given; `platform` for the whole
    ///     installation
    public record Via(String policyId, String roleId, String role, String scope) {}
}
