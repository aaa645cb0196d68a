package orrery.kit.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// One setting: a component of a settings record, with name, default and meaning on one line.
///
/// ```java
/// @Setting(name = "PORT", or = "8080", is = "port to listen on") int port,
/// ```
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /// The environment variable, without `ORRERY_` in front.
    String name();

    /// The default, as it would be written; empty for none, which the record sees as `null`.
    String or() default "";

    /// What it is, in a few words, with its unit.
    String is();

    /// The command line option that says the same, such as `--port`; empty for none.
    String option() default "";
}
