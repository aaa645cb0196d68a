/// Sign-in at other providers: there and back, and which account that is.
@NullMarked
package orrery.server.auth.federation;

import org.jspecify.annotations.NullMarked;
