/// Where the storage of regions comes from, for who runs the installation.
@NullMarked
package orrery.server.infrastructure.storage;

import org.jspecify.annotations.NullMarked;
