package orrery.server.auth.login;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Objects;
import orrery.server.auth.token.RandomSecrets;

/// The passwords that attackers try first: 38,600 of those that were published after break-ins and
/// are long enough to be taken here. A Bloom filter of 140 KB, so that none of them stands in our
/// files; of a million others, it takes one for one of them.
///
/// `server/src/build/passwords/make.mjs` makes the file and tells its format.
final class CommonPasswords {
    private static final int HASHES = 20;
    private static final byte[] BITS = read();

    private CommonPasswords() {}

    /// @param password as it would be hashed; upper and lower case count the same
    static boolean contains(String password) {
        var hash = ByteBuffer.wrap(
                RandomSecrets.hash(password.toLowerCase(Locale.ROOT)));
        long first = hash.getLong();
        long step = hash.getLong();
        for (int i = 0; i < HASHES; i++) {
            long bit = Long.remainderUnsigned(first + i * step, BITS.length * 8L);
            if ((BITS[(int) (bit >> 3)] & 1 << (bit & 7)) == 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] read() {
        try (var file = new DataInputStream(Objects.requireNonNull(
                CommonPasswords.class.getResourceAsStream("common-passwords.bloom")))) {
            return file.readNBytes(file.readInt() / 8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
