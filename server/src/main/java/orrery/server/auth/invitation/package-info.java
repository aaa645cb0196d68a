/// Asking people to come to an organization or a project.
@NullMarked
package orrery.server.auth.invitation;

import org.jspecify.annotations.NullMarked;
