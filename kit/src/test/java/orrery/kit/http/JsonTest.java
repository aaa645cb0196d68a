package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// How values look on the wire.
class JsonTest {
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    @Test
    void instantsAreInUtcWithMilliseconds() {
        new Random(7).longs(10_000, 0, Instant.parse("9999-12-31T23:59:59Z").toEpochMilli())
                .mapToObj(millis -> Instant.ofEpochMilli(millis).plusNanos(millis % 1_000_000))
                .forEach(at -> assertThat(Json.text(at))
                        .isEqualTo('"' + MILLISECONDS.format(at) + '"'));
    }

    @Test
    void instantsOutOfTheOrdinaryAreStillInstants() {
        assertThat(Json.text(Instant.parse("+12345-01-02T03:04:05Z")))
                .contains("+12345-01-02T03:04:05Z");
        assertThat(Json.text(Instant.parse("0000-01-01T00:00:00Z")))
                .contains("0000-01-01T00:00:00.000Z");
    }
}
