package orrery.server.auth.openid;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.http.Json;
import orrery.kit.secret.Sealing;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.openid.SignedIn.Halfway;
import orrery.server.auth.session.Session;
import orrery.server.auth.session.SessionCookie;
import orrery.server.auth.token.RandomSecrets;

/// Seals what pages go on with, and opens it for the browser that it was shown in.
@Singleton
final class Interactions {
    static final String COOKIE = "orrery-sign-in";

    private static final Duration PATIENCE = Duration.ofHours(1);
    private static final Duration SECOND_STEP = Duration.ofMinutes(10);
    private static final String PLACE = "sign-in page";

    private final Sealing sealing;
    private final RandomSecrets secrets;
    private final boolean secure;
    private final Clock clock;

    Interactions(
            Sealing sealing, RandomSecrets secrets, SessionCookie cookie, Clock clock) {
        this.sealing = sealing;
        this.secrets = secrets;
        this.secure = cookie.secure();
        this.clock = clock;
    }

    /// The browser in front: the value of its cookie, made when it has none.
    String browser(@Nullable String cookie) {
        return cookie != null && cookie.length() == 43 ? cookie : secrets.next();
    }

    /// The header that sets the cookie. `Lax`: a client's page may send the browser here.
    String cookie(String browser) {
        return COOKIE + "=" + browser + "; Path=/oauth2; HttpOnly; SameSite=Lax"
                + (secure ? "; Secure" : "");
    }

    String seal(
            Purpose purpose, Map<String, String> parameters, String browser,
            @Nullable Session session) {
        return seal(new Interaction(purpose, parameters, hash(browser),
                session == null ? null : session.id(), null, clock.instant().getEpochSecond()));
    }

    /// What the page that asks for a second factor goes on with.
    Interaction halfway(
            Purpose purpose, Map<String, String> parameters, String browser, Halfway halfway) {
        return new Interaction(purpose, parameters, hash(browser), null, halfway,
                clock.instant().getEpochSecond());
    }

    String seal(Interaction what) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(sealing.seal(Json.text(what), PLACE));
    }

    /// What a page brings back; empty when it is too old, of another browser, or none of ours.
    Optional<Interaction> open(
            Purpose purpose, @Nullable String sealed, @Nullable String browser) {
        if (sealed == null || browser == null) {
            return Optional.empty();
        }
        try {
            var opened = Json.read(
                    sealing.open(Base64.getUrlDecoder().decode(sealed), PLACE),
                    Interaction.class);
            var age = clock.instant().getEpochSecond() - opened.at();
            return opened.purpose() == purpose && opened.browser().equals(hash(browser))
                    && age <= (opened.halfway() == null ? PATIENCE : SECOND_STEP).toSeconds()
                            ? Optional.of(opened) : Optional.empty();
        } catch (IllegalStateException | IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static String hash(String browser) {
        return Base64.getUrlEncoder().encodeToString(RandomSecrets.hash(browser));
    }
}
