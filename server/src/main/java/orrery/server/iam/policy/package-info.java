/// Who holds which role where, and what that allows: the policy as data, compiled.
@NullMarked
package orrery.server.iam.policy;

import org.jspecify.annotations.NullMarked;
