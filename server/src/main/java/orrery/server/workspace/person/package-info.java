/// People as the workspace family shows them.
@NullMarked
package orrery.server.workspace.person;

import org.jspecify.annotations.NullMarked;
