package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListeningFileTest {
    private static final Listening PLAIN = new Listening(
            "127.0.0.1", 0, null, null, null, List.of(), "local", false);

    @TempDir
    Path folder;

    @Test
    void saysWhereTheServerListensAndIsLockedMeanwhile() throws Exception {
        var path = folder.resolve("listening");
        Files.writeString(path, "http://127.0.0.1:1 and more of an earlier server");
        try (var file = ListeningFile.open(folder, PLAIN, 8080);
                var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            assertThat(file).isNotNull();
            assertThat(path).hasContent("http://127.0.0.1:8080");
            assertThatThrownBy(() -> channel.tryLock(0, Long.MAX_VALUE, true))
                    .isInstanceOf(OverlappingFileLockException.class);
        }
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            assertThat(channel.tryLock(0, Long.MAX_VALUE, true)).isNotNull();
        }
    }

    @Test
    void namesTheCertificatesHostWithTls() {
        var secure = new Listening("0.0.0.0", 0, URI.create("https://orrery.example"),
                Path.of("tls.crt"), Path.of("tls.key"), List.of(), "local", false);
        assertThat(ListeningFile.content(secure, 8443))
                .isEqualTo("https://0.0.0.0:8443 orrery.example");
        assertThat(ListeningFile.content(new Listening("::1", 0, null, null, null, List.of(),
                "local", false), 80)).isEqualTo("http://[::1]:80");
    }
}
