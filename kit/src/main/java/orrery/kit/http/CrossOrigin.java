package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A route whose answers browsers let scripts of other origins read (CORS, WHATWG Fetch 3.2), but
/// never with this browser's cookies. No route without it has that.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface CrossOrigin {
    Who value();

    /// Whose scripts.
    enum Who {
        /// Everybody's: what is public anyway.
        ANY,
        /// Those of origins that [Origins] knows.
        REGISTERED
    }
}
