package orrery.kit.http;

import orrery.kit.access.Grant;

/// An Api class whose things other views name by identifier, and which a caller may ask to see
/// beside it: `?expand=project`. Its [#show] carries [Expands] and one of [Needs] and [Own], and
/// returns its view by the view's own type.
public interface Expandable {
    /// The view of one thing.
    ///
    /// @param grant what [Needs] asks for, at the place of the thing, or the caller's own
    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.NotFound] when it is not there
    Object show(Grant grant, String id);
}
