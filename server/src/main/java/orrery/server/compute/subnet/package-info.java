/// Subnets, and which of their addresses are free.
@NullMarked
package orrery.server.compute.subnet;

import org.jspecify.annotations.NullMarked;
