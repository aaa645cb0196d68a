/// Projects: where resources live inside an organization.
@NullMarked
package orrery.server.tenancy.project;

import org.jspecify.annotations.NullMarked;
