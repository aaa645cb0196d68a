/// Who had a terminal open in which workspace, and when.
@NullMarked
package orrery.server.workspace.session;

import org.jspecify.annotations.NullMarked;
