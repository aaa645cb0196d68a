/// Kubeconfigs: a user's own way into a cluster, with an expiry, and gone when revoked.
@NullMarked
package orrery.server.compute.kubeconfig;

import org.jspecify.annotations.NullMarked;
