package orrery.server.auth.openid;

import jakarta.inject.Singleton;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.http.Json;
import orrery.kit.secret.Sealing;
import orrery.server.auth.session.SessionCookie;

/// Keeps a sign-in to the workspace family that is under way in the browser that began it, sealed:
/// no other browser can end it, and a stranger's request costs us no memory.
@Singleton
final class LoginCookie {
    static final String NAME = "orrery-workspace-login";

    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final String PLACE = "workspace login cookie";
    private static final int LONGEST = 2_000;

    private final Sealing sealing;
    private final boolean secure;
    private final Clock clock;

    /// A sign-in under way.
    ///
    /// @param state comes back with the code
    /// @param verifier proves that it was us who began (RFC 7636)
    /// @param next path of the page to go on to
    /// @param at when it began, seconds since 1970
    record Begun(String state, String verifier, String next, long at) {
        @Override
        public String toString() {
            return "a sign-in on the way to " + next;
        }
    }

    LoginCookie(Sealing sealing, SessionCookie cookie, Clock clock) {
        this.sealing = sealing;
        this.secure = cookie.secure();
        this.clock = clock;
    }

    /// The header that makes the browser keep it.
    String set(String state, String verifier, String next) {
        var begun = new Begun(state, verifier, next, clock.instant().getEpochSecond());
        return NAME + "=" + Base64.getUrlEncoder().withoutPadding()
                        .encodeToString(sealing.seal(Json.text(begun), PLACE))
                + "; Path=/api/v1/auth; Max-Age=" + LIFE.toSeconds() + "; HttpOnly; SameSite=Lax"
                + (secure ? "; Secure" : "");
    }

    /// What a browser brings back; empty when it is too old or none of ours.
    Optional<Begun> open(@Nullable String value) {
        if (value == null || value.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            var begun = Json.read(
                    sealing.open(Base64.getUrlDecoder().decode(value), PLACE), Begun.class);
            var age = clock.instant().getEpochSecond() - begun.at();
            return age <= LIFE.toSeconds() ? Optional.of(begun) : Optional.empty();
        } catch (IllegalStateException | IllegalArgumentException | UncheckedIOException none) {
            return Optional.empty();
        }
    }
}
