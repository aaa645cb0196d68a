package orrery.server.auth.openid;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a page that we showed goes on with when it comes back. It travels in the page, sealed, so
/// that a stranger's request costs us no memory.
///
/// @param purpose which page may bring it back
/// @param parameters of the request that it is about
/// @param browser hash of the cookie of the browser that the page was shown in: no other site can
///     post it back (CSRF), and no other browser
/// @param session the session of the person who was asked; `null` on the sign-in page
/// @param halfway who has passed the first step of a sign-in; `null` on every other page
/// @param at seconds since 1970
record Interaction(
        Purpose purpose,
        Map<String, String> parameters,
        String browser,
        @Nullable String session,
        SignedIn.@Nullable Halfway halfway,
        long at) {
    enum Purpose {
        SIGN_IN, SECOND_STEP, CONSENT, DEVICE_SIGN_IN, DEVICE_SECOND_STEP, DEVICE,
        STUDIO_SECOND_STEP, SIGN_OUT, HANDOVER
    }
}
