/// Tokens that people make for themselves, for the workspace family: they narrow what their person
/// may do, and add nothing.
@NullMarked
package orrery.server.auth.personaltoken;

import org.jspecify.annotations.NullMarked;
