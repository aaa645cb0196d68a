package orrery.kit.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    @Test
    void namesWhatIsWrong() {
        assertThat(fields(Map.of("GOOD", "x", "_so_2", ""))).isEmpty();
        assertThat(fields(Map.of("1ST", "x", "A-B", "x", "", "x"))).containsExactlyInAnyOrder(
                "env.1ST", "env.A-B", "env.");
        assertThat(fields(Map.of("ORRERY_API_KEY", "x"))).containsExactly("env.ORRERY_API_KEY");
        assertThat(fields(Map.of("NUL", "a\0b"))).containsExactly("env.NUL");
        assertThat(fields(Map.of("LARGE", "ä".repeat(32 << 10)))).isEmpty();
        assertThat(fields(Map.of("LARGE", "ä".repeat(32 << 10) + "x"))).containsExactly("env");
    }

    private static List<String> fields(Map<String, String> env) {
        var mistakes = new Mistakes();
        Environment.check(mistakes, "env", env);
        return mistakes.found().stream().map(Problem.Mistake::field).toList();
    }

    @Test
    void valuesStandInTheSecretAlone() {
        var env = Map.of("TOKEN", "hush", "ALPHA", "ß");
        var secret = Environment.secret("here", "kept", Map.of("a", "b"), env);
        assertThat(secret.at("/data/TOKEN").asText()).isEqualTo("aHVzaA==");
        assertThat(secret.at("/metadata/labels/a").asText()).isEqualTo("b");
        assertThat(Environment.from("kept", env.keySet()).toString()).isEqualTo("""
                [{"name":"ALPHA","valueFrom":{"secretKeyRef":{"name":"kept","key":"ALPHA"}}},\
                {"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"kept","key":"TOKEN"}}}]""");
    }
}
