/// Machines that call for themselves, and the secrets that they prove it with.
@NullMarked
package orrery.server.iam.serviceaccount;

import org.jspecify.annotations.NullMarked;
