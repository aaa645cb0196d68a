package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A route, or a field, that is for who runs the installation. Who may not use such a route is told
/// that it is not there; the documents for everybody have neither.
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.RECORD_COMPONENT})
public @interface Internal {}
