package orrery.kit.db;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Set;

/// Folders and files that belong to us alone.
final class Folders {
    static final Set<PosixFilePermission> OURS = PosixFilePermissions.fromString("rwx------");
    static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rwxr-xr-x");
    static final Set<PosixFilePermission> SECRET = PosixFilePermissions.fromString("rw-------");

    private Folders() {}

    /// Creates the folder for its owner alone. One that is there keeps its rights.
    static Path create(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder.toAbsolutePath().getParent());
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OURS));
        }
        return folder;
    }

    /// Writes a file that is whole or not there, and that nobody else could ever read.
    static void writeSecret(Path file, String text) throws IOException {
        var fresh = Files.createTempFile(file.toAbsolutePath().getParent(), ".new-", "",
                PosixFilePermissions.asFileAttribute(SECRET));
        Files.writeString(fresh, text, StandardCharsets.UTF_8);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var paths = Files.walk(folder)) {
                for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(path);
                }
            }
        }
    }
}
