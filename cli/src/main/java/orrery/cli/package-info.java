/// The command line: an HTTP client of a running server, and nothing more.
@NullMarked
package orrery.cli;

import org.jspecify.annotations.NullMarked;
