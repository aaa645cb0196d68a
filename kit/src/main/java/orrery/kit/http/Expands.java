package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What other views call a thing, without the `Id` of their fields: a project is a `project`, a
/// user also an `owner`. Stands on [Expandable#show], beside one of [Needs] and [Own].
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Expands {
    String[] value();
}
