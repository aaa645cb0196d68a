/// The first account of a fresh server: only who can read the server's terminal or files makes it.
@NullMarked
package orrery.server.auth.setup;

import org.jspecify.annotations.NullMarked;
