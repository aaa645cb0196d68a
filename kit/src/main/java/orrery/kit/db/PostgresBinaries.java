package orrery.kit.db;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.tukaani.xz.XZInputStream;

/// The PostgreSQL programs that we bring along, unpacked once per version.
record PostgresBinaries(Path home) {
    private static final Duration UNPACK_LIMIT = Duration.ofMinutes(2);

    /// Unpacks into `folder/postgres-VERSION` unless it is there. The folder appears whole or not
    /// at all: two processes may unpack at the same time, one of them wins.
    static PostgresBinaries unpack(Path folder) {
        var home = folder.toAbsolutePath().resolve("postgres-" + version());
        if (Files.isDirectory(home)) {
            return new PostgresBinaries(home);
        }
        try {
            Files.createDirectories(folder);
            var fresh = Files.createTempDirectory(home.getParent(), "unpack-");
            try {
                extract(fresh);
                Files.setPosixFilePermissions(fresh, Folders.READABLE);
                publish(fresh, home);
            } finally {
                Folders.delete(fresh);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack PostgreSQL into " + folder, e);
        }
        return new PostgresBinaries(home);
    }

    String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    private static void publish(Path fresh, Path home) throws IOException {
        try {
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (FileSystemException e) {
            // A rename onto a full directory fails: somebody else was faster, and that is fine.
            if (!Files.isDirectory(home)) {
                throw e;
            }
        }
    }

    /// `tar` is part of every system we run on, `xz` is not.
    private static void extract(Path into) throws IOException {
        var tar = Programs.start(List.of("tar", "-x", "-f", "-", "-C", into.toString()), into);
        IOException broken = null;
        try (var archive = new XZInputStream(resource()); var out = tar.input()) {
            archive.transferTo(out);
        } catch (IOException e) {
            broken = e;
        }
        // What tar says first: "no space left on device" beats "broken pipe".
        tar.orFail(UNPACK_LIMIT);
        if (broken != null) {
            throw broken;
        }
    }

    private static InputStream resource() throws IOException {
        var os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        var system = os.startsWith("mac") ? "darwin" : os;
        var arch = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        var name = "/postgres-%s-%s.txz".formatted(system, arch);
        var stream = PostgresBinaries.class.getResourceAsStream(name);
        if (stream == null) {
            throw new IOException("no embedded PostgreSQL for " + system + " " + arch
                    + "; set ORRERY_DATABASE_URL to a PostgreSQL of your own");
        }
        return stream;
    }

    private static String version() {
        var properties = new Properties();
        try (var in = PostgresBinaries.class.getResourceAsStream("postgres.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
