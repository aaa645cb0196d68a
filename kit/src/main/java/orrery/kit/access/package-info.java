/// Who asks, what for and where, and the proof that the answer was yes.
@NullMarked
package orrery.kit.access;

import org.jspecify.annotations.NullMarked;
