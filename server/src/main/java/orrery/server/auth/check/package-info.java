/// Proving who calls: cookies, access tokens and API keys, each checked for revocation.
@NullMarked
package orrery.server.auth.check;

import org.jspecify.annotations.NullMarked;
