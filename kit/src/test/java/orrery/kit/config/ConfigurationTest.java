package orrery.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
    record Listening(
            @Setting(name = "PORT", or = "8080", is = "port", option = "--port") int port,
            @Setting(name = "DEMO", or = "false", is = "demo", option = "--demo") boolean demo,
            @Setting(name = "DATA", is = "folder", option = "--data") @Nullable Path data,
            @Setting(name = "PATIENCE", or = "30s", is = "time") Duration patience,
            @Setting(name = "BODY", or = "1MiB", is = "size") DataSize body,
            @Setting(name = "PROXIES", is = "addresses") List<String> proxies) {
        Listening {
            if (port > 65_535) {
                throw new IllegalArgumentException("ORRERY_PORT is at most 65535");
            }
        }
    }

    private static final List<Class<? extends Record>> ALL = List.of(Listening.class);

    @Test
    void hasADefaultForWhatIsNotSaid() {
        var read = read(Map.of());
        assertThat(read).isEqualTo(new Listening(8080, false, null, Duration.ofSeconds(30),
                new DataSize(1 << 20), List.of()));
    }

    @Test
    void prefersTheCommandLineToTheEnvironment() {
        var read = read(Map.of("ORRERY_PORT", "1", "ORRERY_PROXIES", "10.0.0.1, 10.0.0.2"),
                "--port", "2", "--demo", "--data=/tmp/x");
        assertThat(read.port()).isEqualTo(2);
        assertThat(read.demo()).isTrue();
        assertThat(read.data()).isEqualTo(Path.of("/tmp/x"));
        assertThat(read.proxies()).containsExactly("10.0.0.1", "10.0.0.2");
    }

    @Test
    void reportsEveryMistakeAtOnce() {
        assertThatThrownBy(() -> read(
                Map.of("ORRERY_POTR", "1", "ORRERY_PATIENCE", "soon", "ORRERY_PORT", "x"),
                "--prot", "--data"))
                .isInstanceOfSatisfying(WrongSettings.class, e -> assertThat(e.mistakes())
                        .containsExactly(
                                "--prot is no option; did you mean --port?",
                                "--data needs a value",
                                "ORRERY_POTR is no setting; did you mean ORRERY_PORT?",
                                "ORRERY_PORT=x: a whole number is expected",
                                "ORRERY_PATIENCE=soon: a time is written like 500ms, 30s, 15m,"
                                        + " 12h or 7d"));
    }

    @Test
    void asksARecordForItsOwnRules() {
        assertThatThrownBy(() -> read(Map.of("ORRERY_PORT", "70000")))
                .hasMessage("ORRERY_PORT is at most 65535");
    }

    @Test
    void leavesTheVariablesOfOthersAlone() {
        assertThat(Configuration.read(ALL, Set.of("ORRERY_URL"),
                Map.of("ORRERY_URL", "x", "PATH", "y"), List.of())).isNotNull();
    }

    @Test
    void showsNoSecretInAMessage() {
        assertThat(Names.shown("ORRERY_DATABASE_URL", "postgres://a:b@c/d")).isEqualTo("…");
    }

    private static Listening read(Map<String, String> environment, String... arguments) {
        return Configuration.read(ALL, Set.of(), environment, List.of(arguments))
                .get(Listening.class);
    }
}
