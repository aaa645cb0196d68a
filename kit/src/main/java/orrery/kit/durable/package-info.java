/// Durable work: sagas that survive crashes, their runs, and loops.
@NullMarked
package orrery.kit.durable;

import org.jspecify.annotations.NullMarked;
