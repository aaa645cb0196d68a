package orrery.kit.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a handler reads out of a body that it takes as bytes, for the document.
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Reads {
    /// A record, read like those that handlers take.
    Class<? extends Record> value();
}
