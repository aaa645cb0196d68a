/// Access tokens: made, verified, revoked.
@NullMarked
package orrery.server.auth.token;

import org.jspecify.annotations.NullMarked;
