package orrery.kit.http;

import io.vertx.ext.web.RoutingContext;

/// Whether a caller sees what is deleted, for as long as it is kept: `?includeDeleted=true`. A
/// handler that takes it with `@Context` offers that, as every list does. Who asks for it needs to
/// be allowed to update such things, not only to see them.
public enum Deleted {
    HIDDEN, SHOWN;

    static final String PARAMETER = "includeDeleted";

    public boolean isShown() {
        return this == SHOWN;
    }

    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.Invalid]
    static Deleted asked(RoutingContext context) {
        return Exchange.of(context).surface().showsDeleted()
                && Flag.isSet(PARAMETER, context.queryParams().get(PARAMETER)) ? SHOWN : HIDDEN;
    }
}
