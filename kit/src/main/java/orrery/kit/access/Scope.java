package orrery.kit.access;

import org.jspecify.annotations.Nullable;

/// A place in the tree platform / organization / project / resource. A part that is `null` means
/// the place lies above it: [#PLATFORM] has none, an organization has no project.
///
/// @param resource identifier of one resource in the project: `cls_…`
public record Scope(
        @Nullable String organization, @Nullable String project, @Nullable String resource) {
    public static final Scope PLATFORM = new Scope(null, null);

    public Scope {
        if (organization == null && project != null) {
            throw new IllegalArgumentException("a project lies in an organization");
        }
        if (project == null && resource != null) {
            throw new IllegalArgumentException("a resource lies in a project");
        }
    }

    public Scope(@Nullable String organization, @Nullable String project) {
        this(organization, project, null);
    }

    public static Scope organization(String organization) {
        return new Scope(organization, null);
    }

    public static Scope project(String organization, String project) {
        return new Scope(organization, project);
    }

    /// One resource that lies in this project.
    public Scope resource(String id) {
        return new Scope(organization, requireProject(), id);
    }

    /// Whether `other` is this place or lies below it.
    public boolean contains(Scope other) {
        return (organization == null || organization.equals(other.organization))
                && (project == null || project.equals(other.project))
                && (resource == null || resource.equals(other.resource));
    }

    /// This place where it lies in a project, else that project: whoever asks from further above
    /// does something in it.
    public Scope within(Scope project) {
        return this.project == null ? project : this;
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
