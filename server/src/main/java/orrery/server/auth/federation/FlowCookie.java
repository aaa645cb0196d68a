package orrery.server.auth.federation;

import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.http.Json;
import orrery.kit.secret.Sealing;
import orrery.server.auth.session.Entry;
import orrery.server.auth.session.SessionCookie;

/// Keeps a sign-in that is under way in the browser that began it, sealed: no other browser can end
/// it, and a stranger's request costs us no memory. A browser has one at a time.
@Singleton
public final class FlowCookie {
    static final Duration LIFE = Duration.ofMinutes(10);

    private static final String PLACE = "federation cookie";
    private static final String WAITING = "federation cookie of who shows more";

    /// Browsers keep cookies of up to 4096 bytes.
    private static final int LONGEST = 3_800;

    private final Sealing sealing;
    private final boolean secure;
    private final Clock clock;

    FlowCookie(Sealing sealing, SessionCookie cookie, Clock clock) {
        this.sealing = sealing;
        this.secure = cookie.secure();
        this.clock = clock;
    }

    /// `__Host-` keeps other hosts of the domain from planting one.
    private String name() {
        return secure ? "__Host-orrery-federation" : "orrery-federation";
    }

    /// What the browser of a request keeps; `null` for nothing.
    public @Nullable String of(HttpHeaders headers) {
        var cookie = headers.getCookies().get(name());
        return cookie == null ? null : cookie.getValue();
    }

    /// The header that makes the browser keep it. `Lax`: the answer comes from another site.
    ///
    /// @throws Problem.Failure [Problem.PayloadTooLarge] for what no browser would keep
    String set(Flow flow) {
        var value = sealed(flow, PLACE);
        if (value.length() > LONGEST) {
            throw new Problem.PayloadTooLarge(LONGEST).raise();
        }
        return header(value, LIFE.toSeconds());
    }

    /// Somebody who came back to the studio and is asked for more than the provider's word.
    ///
    /// @param user identifier
    /// @param isBare whether there is nothing to show, so that it must be set up
    /// @param at when they came back, seconds since 1970
    public record Waiting(String user, Entry entry, boolean isBare, long at) {}

    /// The header that makes the browser keep who waits.
    String set(Outcome.Halfway<?> halfway) {
        var arrival = halfway.arrival();
        return header(sealed(new Waiting(arrival.user().id(), arrival.entry(), halfway.isBare(),
                clock.instant().getEpochSecond()), WAITING), LIFE.toSeconds());
    }

    /// Who waits in this browser; empty when nobody does any more.
    public Optional<Waiting> waiting(@Nullable String value) {
        return open(value, WAITING, Waiting.class).filter(it -> isYoung(it.at()));
    }

    /// The header that puts something else in its place: what binds the next step to the browser.
    String plain(String value) {
        return header(value, 60);
    }

    /// The header that makes the browser forget it.
    public String clear() {
        return header("", 0);
    }

    private String header(String value, long seconds) {
        return name() + "=" + value + "; Path=/; Max-Age=" + seconds + "; HttpOnly; SameSite=Lax"
                + (secure ? "; Secure" : "");
    }

    /// What a browser brings back; empty when it is too old or none of ours.
    Optional<Flow> open(@Nullable String value) {
        return open(value, PLACE, Flow.class).filter(flow -> isYoung(flow.at()));
    }

    private boolean isYoung(long at) {
        return clock.instant().getEpochSecond() - at <= LIFE.toSeconds();
    }

    private String sealed(Object what, String place) {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(sealing.seal(Json.text(what), place));
    }

    private <T> Optional<T> open(@Nullable String value, String place, Class<T> type) {
        if (value == null || value.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.read(
                    sealing.open(Base64.getUrlDecoder().decode(value), place), type));
        } catch (IllegalStateException | IllegalArgumentException | UncheckedIOException none) {
            return Optional.empty();
        }
    }
}
