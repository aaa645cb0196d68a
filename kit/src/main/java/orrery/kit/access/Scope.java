package orrery.kit.access;

import org.jspecify.annotations.Nullable;

/// A place in the tree platform / organization / project. A part that is `null` means the place
/// lies above it: [#PLATFORM] has neither part, an organization has no project.
public record Scope(@Nullable String organization, @Nullable String project) {
    public static final Scope PLATFORM = new Scope(null, null);

    public Scope {
        if (organization == null && project != null) {
            throw new IllegalArgumentException("a project lies in an organization");
        }
    }

    public static Scope organization(String organization) {
        return new Scope(organization, null);
    }

    public static Scope project(String organization, String project) {
        return new Scope(organization, project);
    }

    /// Whether `other` is this place or lies below it.
    public boolean contains(Scope other) {
        return (organization == null || organization.equals(other.organization))
                && (project == null || project.equals(other.project));
    }

    /// The organization of a place that must lie in one.
    public String requireOrganization() {
        if (organization == null) {
            throw new IllegalStateException("no organization in " + this);
        }
        return organization;
    }

    /// The project of a place that must lie in one.
    public String requireProject() {
        if (project == null) {
            throw new IllegalStateException("no project in " + this);
        }
        return project;
    }
}
