/// Networks of a project and the subnets that the system makes in them.
@NullMarked
package orrery.server.compute.network;

import org.jspecify.annotations.NullMarked;
