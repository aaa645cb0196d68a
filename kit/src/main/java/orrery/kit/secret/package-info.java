/// Secrets: sealed at rest, bound to their place, never printed.
@NullMarked
package orrery.kit.secret;

import org.jspecify.annotations.NullMarked;
