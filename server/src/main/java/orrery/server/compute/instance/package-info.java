/// Machines of projects: virtual machines that KubeVirt runs on the region's management cluster.
@NullMarked
package orrery.server.compute.instance;

import org.jspecify.annotations.NullMarked;
