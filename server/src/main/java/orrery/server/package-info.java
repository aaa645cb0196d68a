/// The control plane's server: its start, and what is wired to what.
@NullMarked
package orrery.server;

import org.jspecify.annotations.NullMarked;
