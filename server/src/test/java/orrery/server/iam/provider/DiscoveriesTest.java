package orrery.server.iam.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import orrery.kit.Problem;
import orrery.server.auth.federation.OtherProvider;

class DiscoveriesTest {
    @AutoClose
    final OtherProvider other = new OtherProvider();

    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private final Discoveries discoveries = new Discoveries(
            new Upstream(new Reaching("https://orrery.example",
                    Set.of("127.0.0.1", "localhost"), null)), new Ticking());

    DiscoveriesTest() throws IOException {}

    private final class Ticking extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private void passes(Duration time) {
        now = now.plus(time);
    }

    private String key(Discovery discovery) {
        return discovery.keys().getKeys().getFirst().getKeyID();
    }

    @Test
    void asksAgainAfterAnHour() {
        var first = discoveries.of(other.discoveryUrl());
        assertThat(first.issuer()).isEqualTo(other.issuer());
        assertThat(first.algorithms()).as("no none, no shared secrets")
                .containsExactly("RS256");
        passes(Duration.ofMinutes(59));
        assertThat(discoveries.of(other.discoveryUrl())).isSameAs(first);
        passes(Duration.ofMinutes(2));
        assertThat(discoveries.of(other.discoveryUrl())).isNotSameAs(first);
    }

    @Test
    void asksForNewKeysOnceAMinute() {
        var old = key(discoveries.of(other.discoveryUrl()));
        other.rotate();
        assertThat(key(discoveries.withNewKeys(other.discoveryUrl()))).isEqualTo(old);
        assertThat(other.keySetsRead()).isEqualTo(1);
        passes(Duration.ofSeconds(61));
        assertThat(key(discoveries.withNewKeys(other.discoveryUrl()))).isNotEqualTo(old);
        assertThat(other.keySetsRead()).isEqualTo(2);
        discoveries.withNewKeys(other.discoveryUrl());
        assertThat(other.keySetsRead()).isEqualTo(2);
    }

    @Test
    void refusesADocumentThatNamesAnotherIssuer() {
        var elsewhere = other.discoveryUrl().replace("127.0.0.1", "localhost");
        assertThatThrownBy(() -> discoveries.of(elsewhere)).isInstanceOfSatisfying(
                Problem.Failure.class, refusal -> assertThat(refusal.getMessage())
                        .contains("whose document is elsewhere"));
    }
}
