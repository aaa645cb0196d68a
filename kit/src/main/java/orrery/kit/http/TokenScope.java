package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a token that names scopes must be good for on a route, beyond the permission that its
/// person needs. Such a token is refused wherever a route does not say.
///
/// Whose the thing is that the route is about, the path says as `{username}`; without that it is
/// the caller's own.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface TokenScope {
    /// Scopes, of which one is enough: `workspace:list`. A `{parameter}` of the path may stand in
    /// one: `user:read:credentials:{name}`.
    String[] value();
}
