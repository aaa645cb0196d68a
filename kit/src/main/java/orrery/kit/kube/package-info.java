/// Kubernetes: fenced writes, reads, watches, logs and exec, with one client per target cluster.
@NullMarked
package orrery.kit.kube;

import org.jspecify.annotations.NullMarked;
