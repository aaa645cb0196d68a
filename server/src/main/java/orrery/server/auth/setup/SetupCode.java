package orrery.server.auth.setup;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// The code that the first registration asks for. It is printed at the start and kept in a file
/// that only the server's user can read, until the first account exists.
public final class SetupCode {
    /// Without letters and digits that are taken for each other.
    private static final String ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int GROUPS = 4;
    private static final int GROUP = 4;

    private final Path file;
    private final BooleanSupplier nobodyYet;
    private final RandomGenerator random;

    /// @param folder the data folder
    /// @param nobodyYet whether there is no account so far
    /// @param random a cryptographically strong source
    public SetupCode(Path folder, BooleanSupplier nobodyYet, RandomGenerator random) {
        this.file = folder.resolve("setup-code");
        this.nobodyYet = nobodyYet;
        this.random = random;
    }

    /// The code, made when it is asked for first; empty as soon as there is an account.
    public synchronized Optional<String> current() {
        try {
            if (!nobodyYet.getAsBoolean()) {
                Files.deleteIfExists(file);
                return Optional.empty();
            }
            if (!Files.exists(file)) {
                write(next());
            }
            return Optional.of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the setup code cannot be kept in " + file, e);
        }
    }

    /// Whether somebody who registers the first account knows the code.
    public boolean accepts(String code) {
        return current().filter(wanted -> MessageDigest.isEqual(
                wanted.getBytes(StandardCharsets.UTF_8),
                code.strip().getBytes(StandardCharsets.UTF_8))).isPresent();
    }

    /// Removes the file, after the first account was made.
    public void used() {
        current();
    }

    private void write(String code) throws IOException {
        Files.createDirectories(file.getParent());
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(fresh, code + "\n", StandardOpenOption.TRUNCATE_EXISTING);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private String next() {
        var code = new StringBuilder();
        for (int i = 0; i < GROUPS * GROUP; i++) {
            code.append(i > 0 && i % GROUP == 0 ? "-" : "")
                    .append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return code.toString();
    }
}
