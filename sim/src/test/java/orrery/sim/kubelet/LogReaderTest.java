package orrery.sim.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogReaderTest {
    private final LogReader.Place place = new LogReader.Place();
    @TempDir
    Path folder;
    private Path file;

    @BeforeEach
    void log() throws IOException {
        file = Files.createFile(folder.resolve("log"));
    }

    private void print(String... lines) throws IOException {
        for (var line : lines) {
            Files.writeString(file, "2026-01-01T00:00:00Z " + line + "\n",
                    StandardOpenOption.APPEND);
        }
    }

    private String read(LogReader reader) throws IOException {
        return new String(reader.read(file, place));
    }

    @Test
    void endsWhereTheLogEndedWhenItBegan() throws IOException {
        print("a", "b");
        var reader = new LogReader(-1, null, false, false, -1);
        assertThat(read(reader)).isEqualTo("a\nb\n");
        print("c");
        assertThat(read(reader)).isEmpty();
    }

    @Test
    void followsFromTheLastLines() throws IOException {
        print("a", "b", "c");
        var reader = new LogReader(1, null, false, true, -1);
        assertThat(read(reader)).isEqualTo("c\n");
        print("d", "e");
        assertThat(read(reader)).isEqualTo("d\ne\n");
    }

    @Test
    void theLastLinesOfAnEmptyLogAreNoLimitOnWhatComes() throws IOException {
        var reader = new LogReader(1, null, false, true, -1);
        assertThat(read(reader)).isEmpty();
        print("a", "b");
        assertThat(read(reader)).isEqualTo("a\nb\n");
    }
}
