package orrery.server.compute.cluster;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Tests that a class's constructor is given a [ClusterWorld] for: all of them run on the simulated
/// region and, with `./test --kubernetes`, on a real API server too.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "on {0}")
@MethodSource("orrery.server.compute.cluster.ClusterWorld#each")
public @interface OnEachManagementCluster {}
