package orrery.server.workspace.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/// What is not worth asking a cluster about.
class PodTokenTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String AUDIENCE = "ours";
    private static final String GOOD = """
            {"aud": ["theirs", "ours"], "exp": %d,
             "kubernetes.io": {"pod": {"name": "p", "uid": "u"}}}"""
            .formatted(NOW.getEpochSecond() + 1);

    @Test
    void readsWhichPodItSpeaksOf() {
        assertThat(PodToken.read("Bearer " + token(GOOD), AUDIENCE, NOW))
                .hasValueSatisfying(it -> assertThat(it.podUid()).isEqualTo("u"));
        assertThat(PodToken.read("bearer " + token(GOOD.replace("[\"theirs\", \"ours\"]",
                "\"ours\"")), AUDIENCE, NOW)).isPresent();
    }

    @Test
    void anExpiredOneIsNotAskedAbout() {
        var end = Long.toString(NOW.getEpochSecond() + 1);
        for (var exp : new String[] {Long.toString(NOW.getEpochSecond()), "1", "0", "-1", "null",
            "\"never\"", "{}"}) {
            refused(GOOD.replace(end, exp));
        }
    }

    @Test
    void neitherIsAnothersNorOneOfNoPod() {
        refused(GOOD.replace("\"ours\"", "\"ours2\""));
        refused(GOOD.replace("\"aud\"", "\"azp\""));
        refused(GOOD.replace("\"uid\"", "\"id\""));
        refused(GOOD.replace("\"u\"", "\"" + "u".repeat(65) + "\""));
        refused(GOOD.replace("kubernetes.io", "kubernetes"));
    }

    @Test
    void noiseCostsNothing() {
        for (var header : new String[] {null, "", "Bearer", "Bearer ", "Bearer a.b", "Bearer a.b.c",
            "Bearer a.b.c.d", "Basic " + token(GOOD), token(GOOD),
            "Bearer " + token("[".repeat(5_000)), "Bearer " + token("null"),
            "Bearer " + token(GOOD) + "x".repeat(8_192), "Bearer .\u0000."}) {
            assertThat(PodToken.read(header, AUDIENCE, NOW)).as(header).isEmpty();
        }
    }

    @Test
    void isNotWritten() {
        assertThat(PodToken.read("Bearer " + token(GOOD), AUDIENCE, NOW).orElseThrow())
                .hasToString("a token of pod u");
    }

    private static void refused(String claims) {
        assertThat(PodToken.read("Bearer " + token(claims), AUDIENCE, NOW)).as(claims).isEmpty();
    }

    private static String token(String claims) {
        var part = Base64.getUrlEncoder().withoutPadding();
        return part.encodeToString("{}".getBytes(StandardCharsets.UTF_8)) + "."
                + part.encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + ".c2ln";
    }
}
