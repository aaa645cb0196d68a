package orrery.server.studio.importer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The real Compose files that stand beside the repository, under `../shared/data/compose`.
final class ComposeFiles {
    private ComposeFiles() {}

    /// All of them; a test without them is skipped and says so.
    static List<Path> all() {
        Path here = Path.of("").toAbsolutePath();
        Path folder = null;
        for (Path at = here; at != null && folder == null; at = at.getParent()) {
            Path candidate = at.resolve("shared/data/compose");
            folder = Files.isDirectory(candidate) ? candidate : null;
        }
        assumeTrue(folder != null, "no ../shared/data/compose beside " + here);
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".yml")
                    || f.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
