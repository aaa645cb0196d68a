package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A route that pages of other origins may have browsers post to, whatever cookies those carry. Its
/// handler must not act on a cookie.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface FromAnyPage {}
