package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UnitsTest {
    @Test
    void readsDurationsAndSizes() {
        assertThat(Units.duration("1m30s")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Units.duration("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Units.duration("1.5h")).isEqualTo(Duration.ofMinutes(90));
        assertThat(Units.bytes("512m")).isEqualTo(512L << 20);
        assertThat(Units.bytes("1.5gb")).isEqualTo(3L << 29);
        assertThat(Units.bytes("64MiB")).isEqualTo(64L << 20);
        assertThat(Units.bytes("1000")).isEqualTo(1000);
        assertThat(Units.millicores("0.25")).isEqualTo(250);
        assertThat(Units.quantity(512L << 20)).isEqualTo("512Mi");
        assertThat(Units.quantity(1000)).isEqualTo("1000");
        assertThat(Units.processors(1500)).isEqualTo("1500m");
        assertThat(Units.processors(2000)).isEqualTo("2");
    }

    @Test
    void refusesOtherTexts() {
        for (String text : List.of("", "10", "s", "1x", "-5s", "1s2", "999999999999h")) {
            assertThatThrownBy(() -> Units.duration(text)).as(text)
                    .isInstanceOf(Unreadable.class);
        }
        for (String text : List.of("", "m", "1x", "-1", "99999999999999p")) {
            assertThatThrownBy(() -> Units.bytes(text)).as(text).isInstanceOf(Unreadable.class);
        }
        assertThatThrownBy(() -> Units.millicores("all")).isInstanceOf(Unreadable.class);
    }

    @Test
    void splitsCommandsAsAShellDoes() {
        assertThat(ShellWords.split("sh -c 'echo \"a b\"'  x\\ y \"\\$q\\n\""))
                .containsExactly("sh", "-c", "echo \"a b\"", "x y", "$q\\n");
        assertThat(ShellWords.split("a '' \"\"")).containsExactly("a", "", "");
        assertThat(ShellWords.split("one\n  two")).containsExactly("one", "two");
        assertThatThrownBy(() -> ShellWords.split("echo 'x")).isInstanceOf(Unreadable.class);
    }

    @Property
    void quotedWordsComeBack(@ForAll @NotEmpty @Size(max = 8) List<String> words) {
        String line = String.join(" ", words.stream()
                .map(w -> "'" + w.replace("'", "'\\''") + "'").toList());
        assertThat(ShellWords.split(line)).isEqualTo(words);
    }

    @Test
    void readsEnvironmentFiles() {
        assertThat(DotEnv.parse("""
                # comment
                export A=1
                B='x # y'
                C="line\\nbreak"
                D=plain # note
                bare
                E=a=b
                """)).containsEntry("A", "1").containsEntry("B", "x # y")
                .containsEntry("C", "line\nbreak").containsEntry("D", "plain")
                .containsEntry("E", "a=b").hasSize(5);
    }
}
