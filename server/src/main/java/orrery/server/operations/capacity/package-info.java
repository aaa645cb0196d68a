/// Capacity: what regions have left of what they offer.
@NullMarked
package orrery.server.operations.capacity;

import org.jspecify.annotations.NullMarked;
