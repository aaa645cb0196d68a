/// Addresses that projects have: out of their own subnets, and a region's public ones.
@NullMarked
package orrery.server.compute.address;

import org.jspecify.annotations.NullMarked;
