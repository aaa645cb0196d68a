/// Regions: connections to management clusters, which make what projects ask for.
@NullMarked
package orrery.server.tenancy.region;

import org.jspecify.annotations.NullMarked;
