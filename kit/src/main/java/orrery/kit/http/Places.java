package orrery.kit.http;

import java.util.Map;
import orrery.kit.access.Call;
import orrery.kit.access.Scope;

/// Finds the place that a route means, in canonical identifiers.
public interface Places {
    /// @param parameters the path's parameters: `project` and `organization` by identifier or name;
    ///     and the query's `orgId`
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.NotFound] when there is no such place
    Scope find(Call call, Place place, Map<String, String> parameters);
}
