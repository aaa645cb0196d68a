/// How a workspace's pod proves which workspace it is, and what it gets for that.
@NullMarked
package orrery.server.workspace.proof;

import org.jspecify.annotations.NullMarked;
