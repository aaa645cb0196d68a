/// How long what is deleted is kept.
@NullMarked
package orrery.server.operations.retention;

import org.jspecify.annotations.NullMarked;
