package orrery.kit.http;

import jakarta.inject.Singleton;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;

/// The organization that a body names, where it is the body that says where something is made.
@Singleton
public final class Tenant {
    private final Access access;
    private final Places places;

    public Tenant(Access access, Places places) {
        this.access = access;
        this.places = places;
    }

    /// The grant for `permission` there.
    ///
    /// @param organization identifier or name; `null` for the caller's own
    /// @throws orrery.kit.Problem.Failure as [Access#require]
    public Grant require(Grant caller, String permission, @Nullable String organization) {
        var place = places.find(caller.call(), Place.TENANT, organization == null ? Map.of()
                : Map.of(Doorkeeper.ORGANIZATION, organization));
        return access.require(caller.call(), new Permission(permission), place);
    }
}
