/// Signed-in people: one row each, revocable at once.
@NullMarked
package orrery.server.auth.session;

import org.jspecify.annotations.NullMarked;
