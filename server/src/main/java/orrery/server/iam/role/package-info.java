/// What may be done, and the named sets of it that people are given.
@NullMarked
package orrery.server.iam.role;

import org.jspecify.annotations.NullMarked;
