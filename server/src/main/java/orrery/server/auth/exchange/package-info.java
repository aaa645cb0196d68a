/// The token endpoint: what may be exchanged for tokens, and what becomes of those.
@NullMarked
package orrery.server.auth.exchange;

import org.jspecify.annotations.NullMarked;
