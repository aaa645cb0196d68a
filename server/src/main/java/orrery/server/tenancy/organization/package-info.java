/// Organizations: the tenants.
@NullMarked
package orrery.server.tenancy.organization;

import org.jspecify.annotations.NullMarked;
