/// The wire styles of the API families. Nothing else knows what an answer of theirs looks like.
@NullMarked
package orrery.server.surface;

import org.jspecify.annotations.NullMarked;
