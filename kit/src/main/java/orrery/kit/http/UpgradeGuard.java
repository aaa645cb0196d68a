package orrery.kit.http;

import java.util.Map;
import orrery.kit.access.Grant;

/// What else must be true before a WebSocket is opened: the endpoint itself is asked only after
/// that, when a refusal can no longer be an answer. A bean; it is found by its type.
public interface UpgradeGuard {
    /// Path of the endpoint, as its `@WebSocket` says it.
    String path();

    /// @param grant the caller holds the endpoint's permission
    /// @param parameters of the path
    /// @throws orrery.kit.Problem.Failure the refusal
    void check(Grant grant, Map<String, String> parameters);
}
