/// What people ask for by a stack: clusters, machines or endpoints that are made, changed and
/// deleted together.
@NullMarked
package orrery.server.compute.deploy;

import org.jspecify.annotations.NullMarked;
