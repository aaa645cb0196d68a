/// Who belongs to an organization.
@NullMarked
package orrery.server.tenancy.member;

import org.jspecify.annotations.NullMarked;
