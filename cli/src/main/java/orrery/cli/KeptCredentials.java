package orrery.cli;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.Supplier;

/// ExecCredentials that kubectl was given and is given again until they end, in files that nobody
/// but their owner may read: kubectl asks at every start, and a cluster need not make a new one
/// each time.
final class KeptCredentials {
    private final Path folder;
    private final Clock clock;

    KeptCredentials(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /// The credential of that name while it lasts, else a new one. Where several programs ask at
    /// once, one makes it and the others wait.
    ///
    /// @throws Refused when the folder cannot be written, or is somebody else's: then none is made
    String get(String name, Supplier<String> make) {
        try (var file = open(name); var _ = file.lock()) {
            var kept = new String(
                    Channels.newInputStream(file).readAllBytes(), StandardCharsets.UTF_8);
            if (lasts(kept)) {
                return kept;
            }
            var made = make.get();
            Channels.newOutputStream(file.truncate(0))
                    .write(made.getBytes(StandardCharsets.UTF_8));
            return made;
        } catch (IOException e) {
            throw new Refused("Credentials cannot be kept in " + folder + " (" + e
                    + "). Set XDG_CACHE_HOME to a folder of your own");
        }
    }

    private FileChannel open(String name) throws IOException {
        Files.createDirectories(folder);
        // Fails where the folder is somebody else's.
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        return FileChannel.open(folder.resolve(digest(name) + ".json"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ,
                        StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(
                        PosixFilePermissions.fromString("rw-------")));
    }

    /// What is no credential does not: a file just made, or one whose writer was killed.
    private boolean lasts(String credential) {
        var end = Answer.read(credential).at("/status/expirationTimestamp").asText();
        try {
            return clock.instant().isBefore(Instant.parse(end));
        } catch (DateTimeParseException _) {
            return false;
        }
    }

    /// Names hold API keys, and file names are no place for those.
    private static String digest(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
