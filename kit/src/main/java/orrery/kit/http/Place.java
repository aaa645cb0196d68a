package orrery.kit.http;

/// Where a route's permission is checked.
public enum Place {
    /// The whole installation.
    PLATFORM,
    /// The organization that the path names.
    ORGANIZATION,
    /// The project that the path names.
    PROJECT,
    /// The organization that the query names as `orgId` (`*` for the whole installation), else the
    /// one that the thing in the path lies in, else the one that the caller's session is in.
    TENANT,
    /// The resource that `resource` names by identifier, in its project.
    RESOURCE,
    /// The organization that the caller's session is in, on surfaces that have no word for it.
    HOME_ORGANIZATION,
    /// The project that the caller's session is in, on surfaces that have no word for it.
    HOME_PROJECT
}
