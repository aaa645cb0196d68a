package orrery.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// A Compose file to deploy.
record ComposeFile(String name, String text) {
    /// What the importer takes, in bytes.
    static final int LIMIT = 1 << 20;

    /// Four services as a person would write them.
    static ComposeFile ours() {
        try (var in = Objects.requireNonNull(
                ComposeFile.class.getResourceAsStream("/demo/compose.yaml"))) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new ComposeFile("compose.yaml", text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
