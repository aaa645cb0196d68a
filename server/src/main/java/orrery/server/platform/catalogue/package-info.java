/// What regions offer: zones, sizes of machines, images and GPUs. Customers read it, operators
/// change it.
@NullMarked
package orrery.server.platform.catalogue;

import org.jspecify.annotations.NullMarked;
