/// People and their profiles.
@NullMarked
package orrery.server.iam.user;

import org.jspecify.annotations.NullMarked;
