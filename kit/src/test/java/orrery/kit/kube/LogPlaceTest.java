package orrery.kit.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import orrery.kit.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogPlaceTest {
    private static final Instant TIME = Instant.parse("2026-03-24T12:00:00.000000007Z");

    @Test
    void isReadAsItWasWritten() {
        var first = LogPlace.At.after(null, TIME);
        var second = LogPlace.At.after(first, TIME);
        var place = LogPlace.START.after("pod-a", second).after("pod-b", first);
        assertThat(second.isAfter(first)).as("of one moment").isTrue();
        assertThat(first.isAfter(second)).isFalse();
        assertThat(LogPlace.parse(place.token())).isEqualTo(place);
        assertThat(LogPlace.parse(place.token()).of("pod-a")).isEqualTo(second);
        assertThat(LogPlace.parse(null).of("pod-a")).isNull();
    }

    @Test
    void forgetsWhoWasSilentForLongest() {
        var place = LogPlace.START;
        for (int i = 0; i < 100; i++) {
            place = place.after("pod-" + i, LogPlace.At.after(null, TIME));
        }
        assertThat(place.seen()).hasSize(2 * FollowedLogs.MOST_PODS);
        assertThat(place.of("pod-99")).isNotNull();
        assertThat(LogPlace.parse(place.token())).isEqualTo(place);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1-2.3", "1-2.3.4,", "1-99999999999.1.1", "zz-1.1.1"})
    void refusesWhatIsNoPlace(String token) {
        assertThatThrownBy(() -> LogPlace.parse(token)).isInstanceOf(Problem.Failure.class);
    }

    @Test
    void aLineWithoutEndCostsNoMemory() throws IOException {
        var text = "a\n" + "x".repeat(100_000) + "\n\nlast";
        var lines = new ShortLines(new ByteArrayInputStream(
                text.getBytes(StandardCharsets.UTF_8)), 10);
        assertThat(lines.next()).isEqualTo("a");
        assertThat(lines.next()).isEqualTo("x".repeat(10));
        assertThat(lines.next()).isEmpty();
        assertThat(lines.next()).isEqualTo("last");
        assertThat(lines.next()).isNull();
    }
}
