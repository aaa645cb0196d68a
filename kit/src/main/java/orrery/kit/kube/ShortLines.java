package orrery.kit.kube;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The lines of a stream. What is beyond a limit in one is dropped, so that a program that never
/// ends its line costs no memory.
final class ShortLines {
    private final InputStream in;
    private final int longest;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /// @param longest in bytes
    ShortLines(InputStream in, int longest) {
        this.in = new BufferedInputStream(in);
        this.longest = longest;
    }

    /// The next line; `null` at the end.
    @Nullable String next() throws IOException {
        line.reset();
        int read;
        while ((read = in.read()) >= 0 && read != '\n') {
            if (line.size() < longest) {
                line.write(read);
            }
        }
        return read < 0 && line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
    }
}
