/// Settings: read once at the start, checked as a whole, listed for those who operate the server.
@NullMarked
package orrery.kit.config;

import org.jspecify.annotations.NullMarked;
