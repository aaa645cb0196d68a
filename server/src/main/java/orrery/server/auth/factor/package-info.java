/// Second factors: what people show beside their password.
@NullMarked
package orrery.server.auth.factor;

import org.jspecify.annotations.NullMarked;
