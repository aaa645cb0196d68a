/// One's own profile, as one changes it.
@NullMarked
package orrery.server.auth.profile;

import org.jspecify.annotations.NullMarked;
