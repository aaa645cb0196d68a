/// HTTP as every surface speaks it: choosing the wire style, proving the caller, reading bodies,
/// answering.
@NullMarked
package orrery.kit.http;

import org.jspecify.annotations.NullMarked;
