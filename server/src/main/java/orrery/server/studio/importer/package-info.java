/// Imports: what people already have (a Compose file) becomes a diagram, and a report tells for
/// every key whether it was converted, approximated or dropped, and why. Pure functions.
@NullMarked
package orrery.server.studio.importer;

import org.jspecify.annotations.NullMarked;
