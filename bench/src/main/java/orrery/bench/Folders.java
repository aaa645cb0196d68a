package orrery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Temporary folders, which are gone in the end.
final class Folders implements AutoCloseable {
    private final List<Path> all = new ArrayList<>();

    Path fresh() throws IOException {
        var folder = Files.createTempDirectory("orrery-bench-");
        all.add(folder);
        return folder;
    }

    @Override
    public void close() throws IOException {
        for (var folder : all) {
            try (var paths = Files.walk(folder)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
