/// Runs: what the control plane is doing and has done, for those who may see the resources.
@NullMarked
package orrery.server.operations.run;

import org.jspecify.annotations.NullMarked;
