package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BodyReaderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    enum Size { SMALL, VERY_LARGE }

    record Pool(String name, int count) {
        Pool {
            new Mistakes().unless(count >= 1, "count", "must be at least 1").orRefuse();
        }
    }

    record New(
            String name,
            @Nullable Size size,
            @Nullable List<Pool> pools,
            @Nullable Map<String, String> labels,
            @Nullable @Future Instant expiresAt,
            @JsonProperty("node_count") @Nullable Integer nodeCount) {
        New {
            new Mistakes().check("name", name, it -> it.length() <= 5, "must be short")
                    .unless(nodeCount == null || nodeCount > 0, "nodeCount", "must be positive")
                    .orRefuse();
        }
    }

    record Change(Patch<String> name, Patch<Integer> count) {}

    record Sorted(Patch<Map<String, String>> labels) {}

    @Test
    void bindsWhatIsThere() {
        assertThat(read(New.class, """
                {"name": "a", "size": "very_large", "pools": [{"name": "p", "count": 2}],
                 "labels": {"env": "prod"}, "expiresAt": "2026-03-24T13:00:00+01:00"}
                """)).isEqualTo(new New("a", Size.VERY_LARGE, List.of(new Pool("p", 2)),
                Map.of("env", "prod"), Instant.parse("2026-03-24T12:00:00Z"), null));
    }

    @Test
    void namesEveryMistakeWhereItIs() {
        assertThat(mistakes(New.class, """
                {"name": 7, "size": "huge", "pools": [{"name": "p", "count": "2"},
                 {"count": 0}], "expiresAt": "tomorrow", "nodecount": 1, "node_count": -1}
                """)).extracting(Mistake::field).containsExactlyInAnyOrder(
                "name", "size", "pools[0].count", "pools[1].name", "pools[1].count",
                "expiresAt", "nodecount", "node_count");
    }

    @Test
    void refusesATimeThatHasPassedBesideTheRest() {
        assertThat(mistakes(New.class, """
                {"name": "too long", "expiresAt": "2025-12-31T23:59:59Z", "size": 1}
                """)).extracting(Mistake::field)
                .containsExactlyInAnyOrder("name", "expiresAt", "size");
    }

    @Test
    void namesAFieldAsItIsWritten() {
        assertThat(mistakes(New.class, "{\"name\": \"a\", \"node_count\": -1}"))
                .containsExactly(new Mistake("node_count", "must be positive"));
    }

    @Test
    void tellsAbsentFromCleared() {
        assertThat(read(Change.class, "{\"name\": null}"))
                .isEqualTo(new Change(Patch.clear(), Patch.absent()));
        assertThat(mistakes(Change.class, "{\"count\": \"3\"}"))
                .containsExactly(new Mistake("count", "must be a whole number, without quotes"));
    }

    @Test
    void mergesAMapEntryByEntry() {
        var change = (Sorted) read(Sorted.class, "{\"labels\": {\"a\": \"2\", \"b\": null}}");
        assertThat(change.labels().or(Map.of("a", "1", "b", "1", "c", "1")))
                .isEqualTo(Map.of("a", "2", "c", "1"));
        assertThat(change.labels().or(null)).isEqualTo(Map.of("a", "2"));
        var old = Map.of("a", "1");
        assertThat(((Sorted) read(Sorted.class, "{\"labels\": {}}")).labels().or(old))
                .isEqualTo(old);
        assertThat(((Sorted) read(Sorted.class, "{}")).labels().or(old)).isEqualTo(old);
        assertThat(((Sorted) read(Sorted.class, "{\"labels\": null}")).labels().or(old)).isNull();
        assertThat(mistakes(Sorted.class, "{\"labels\": {\"a\": 1}}"))
                .containsExactly(new Mistake("labels.a", "must be a string"));
    }

    @Test
    void refusesABodyThatIsNoHonestOne() {
        for (var body : List.of("", "[]", "{", "{\"name\": \"a\"} x", "{\"name\":1,\"name\":2}",
                "[".repeat(10_000), "{\"name\": " + "9".repeat(2_000) + "}", "null", "7")) {
            assertThatThrownBy(() -> read(New.class, body))
                    .as(body.substring(0, Math.min(20, body.length())))
                    .isInstanceOf(Problem.Failure.class);
        }
    }

    private static Object read(Class<?> type, String body) {
        return BodyReader.read(type, body.getBytes(StandardCharsets.UTF_8), true, NOW);
    }

    private static List<Mistake> mistakes(Class<?> type, String body) {
        try {
            throw new AssertionError("was read: " + read(type, body));
        } catch (Problem.Failure refusal) {
            return ((Problem.Invalid) refusal.problem()).mistakes();
        }
    }
}
