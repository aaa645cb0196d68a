/// Volumes of projects: storage that outlives the machines that use it.
@NullMarked
package orrery.server.compute.storage;

import org.jspecify.annotations.NullMarked;
