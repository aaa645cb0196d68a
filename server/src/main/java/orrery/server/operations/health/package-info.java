/// How the service is: for load balancers, operators and clients.
@NullMarked
package orrery.server.operations.health;

import org.jspecify.annotations.NullMarked;
