/// Kubernetes clusters: those that we make through a management cluster, and those that somebody
/// attached with credentials.
@NullMarked
package orrery.server.compute.cluster;

import org.jspecify.annotations.NullMarked;
