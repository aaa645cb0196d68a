/// How much organizations and projects may have.
@NullMarked
package orrery.server.tenancy.quota;

import org.jspecify.annotations.NullMarked;
