/// Pools of bare-metal servers: selections that are made when somebody asks, and allocations of
/// some of their servers to projects. For operators alone.
@NullMarked
package orrery.server.infrastructure.pool;

import org.jspecify.annotations.NullMarked;
