package orrery.server.tenancy.project;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Place;
import orrery.kit.http.Places;
import org.jspecify.annotations.Nullable;

/// The project that something is put into where no path names it.
@Singleton
public final class ProjectGrants {
    private static final String FIELD = "projectId";

    private final Access access;
    private final Places places;

    public ProjectGrants(Access access, Places places) {
        this.access = access;
        this.places = places;
    }

    /// The grant for `permission` in the project that a request names, or else the one that the
    /// caller's credential is narrowed to.
    ///
    /// @param query what the query says: identifier or name; `null` for nothing
    /// @param body what the body says
    /// @throws Problem.Failure [Problem.Invalid] when that is none, or two; as [Access#require]
    public Grant require(Grant caller, Permission permission, @Nullable String query,
            @Nullable String body) {
        if (query != null && body != null && !query.equals(body)) {
            throw invalid("is another than in the query");
        }
        var named = body != null ? body : query != null ? query
                : caller.principal().within().project();
        if (named == null) {
            throw invalid("is required: no path and no credential says the project");
        }
        return access.require(caller.call(), permission,
                places.find(caller.call(), Place.PROJECT, Map.of("project", named)));
    }

    private static Problem.Failure invalid(String message) {
        return new Problem.Invalid(List.of(new Problem.Mistake(FIELD, message))).raise();
    }
}
