/// Other providers that say who people are, and whose domain they speak for.
@NullMarked
package orrery.server.iam.provider;

import org.jspecify.annotations.NullMarked;
