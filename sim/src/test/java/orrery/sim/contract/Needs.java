package orrery.sim.contract;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a check of the contract needs of the API server; on others it does not run.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Offered.class)
@interface Needs {
    /// The minor version of Kubernetes that has it: 25 for 1.25.
    int version() default 0;

    /// The simulated region: a real server answers otherwise, and worse.
    boolean simulation() default false;
}
