package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// On a body's [java.time.Instant]: a time that has passed is a mistake. It is here because a
/// record has no clock, and a rule that is checked later is not named together with the others.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE_USE)
public @interface Future {}
