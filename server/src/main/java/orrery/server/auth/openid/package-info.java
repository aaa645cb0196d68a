/// The OpenID provider: discovery, sign-in and consent pages, userinfo, sign-out.
@NullMarked
package orrery.server.auth.openid;

import org.jspecify.annotations.NullMarked;
