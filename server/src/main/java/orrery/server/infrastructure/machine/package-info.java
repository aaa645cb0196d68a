/// Bare-metal servers (`servers` on the wire, `srv_…`): registered, inspected, provisioned and
/// decommissioned through Metal3 on the region's management cluster. For operators alone.
@NullMarked
package orrery.server.infrastructure.machine;

import org.jspecify.annotations.NullMarked;
