package orrery.kit.secret;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkJsonProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.aead.AesGcmParameters.Variant;
import com.google.crypto.tink.aead.KmsEnvelopeAead;
import com.google.crypto.tink.util.SecretBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Seals secrets with the keys of one file (Tink, AES-256-GCM): a Tink keyset as JSON, or 32
/// random bytes, which the first rotation turns into one.
///
/// It is envelope encryption: every secret has a key of its own, which the newest key of the file
/// wraps; the wrapping key's number stands in the sealed bytes. Each is bound to its place by
/// associated data. Old keys stay in the file until everything is sealed anew ([Resealing]).
public final class Sealing {
    private static final Logger LOG = System.getLogger(Sealing.class.getName());
    private static final int KEY_BYTES = 32;
    private static final AesGcmParameters DATA_KEY = parameters(Variant.NO_PREFIX);
    private static final AesGcmParameters WRAPPING_KEY = parameters(Variant.TINK);
    private static final EnumSet<PosixFilePermission> OTHERS = EnumSet.complementOf(EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));

    /// How soon every server seals with a key that was added to the file.
    private static final Duration LOOKED_AT = Duration.ofSeconds(30);

    /// Tink makes a source of randomness for each thread, and searches the class path for another
    /// provider's each time. A virtual thread would do so for every request; these do it once.
    private static final ExecutorService SEALERS = Executors.newFixedThreadPool(
            2, Thread.ofPlatform().daemon().name("sealing-", 0).factory());

    private final Path file;
    private volatile Loaded loaded;
    private volatile long lookedAt = System.nanoTime();

    private record Loaded(KeysetHandle keys, Aead aead, FileTime modified) {}

    private Sealing(Path file) {
        this.file = file;
        this.loaded = load(file);
    }

    private static Loaded load(Path file) {
        try {
            var modified = Files.exists(file)
                    ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
            var keys = read(file);
            var wrapping = keys.getPrimitive(RegistryConfiguration.get(), Aead.class);
            return new Loaded(keys, KmsEnvelopeAead.create(DATA_KEY, wrapping), modified);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the sealing keys do not work", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the sealing keys of " + file, e);
        }
    }

    private void look() {
        if (System.nanoTime() - lookedAt > LOOKED_AT.toNanos()) {
            reload();
        }
    }

    /// Whether the file has changed, and was read anew. One that is gone or broken by now changes
    /// nothing: what was read before still opens everything.
    private boolean reload() {
        lookedAt = System.nanoTime();
        try {
            if (Files.getLastModifiedTime(file).equals(loaded.modified())) {
                return false;
            }
            loaded = load(file);
            return true;
        } catch (IOException | RuntimeException unreadable) {
            LOG.log(Level.WARNING, "going on with the sealing keys of before", unreadable);
            return false;
        }
    }

    /// Reads the key file.
    ///
    /// @throws IllegalStateException when it is missing, readable by others, or no key file; the
    ///     message says what to do
    public static Sealing open(Path file) {
        return new Sealing(file);
    }

    /// Reads the key file, and makes one if there is none. For the embedded database, which lies
    /// in the same folder; with any other, a new key would open nothing.
    public static Sealing openOrCreate(Path file) {
        if (Files.notExists(file)) {
            register();
            try {
                write(file, KeysetHandle.newBuilder()
                        .addEntry(KeysetHandle.generateEntryFromParameters(WRAPPING_KEY)
                                .withRandomId().makePrimary())
                        .build());
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("cannot make a sealing key", e);
            }
        }
        return open(file);
    }

    /// Adds a key and makes it the one that seals from now on. Servers that read this file, or are
    /// given it, notice: no restart is needed, and [Resealing] seals everything anew.
    public static void rotate(Path file) {
        try {
            write(file, KeysetHandle.newBuilder(read(file))
                    .addEntry(KeysetHandle.generateEntryFromParameters(WRAPPING_KEY)
                            .withRandomId().makePrimary())
                    .build());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot add a sealing key to " + file, e);
        }
    }

    /// @param place what it is bound to: [SealedColumn#at]
    public byte[] seal(String text, String place) {
        look();
        var sealed = SEALERS.submit(() -> loaded.aead().encrypt(bytes(text), bytes(place)));
        try {
            return sealed.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot seal for " + place, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sealing for " + place, e);
        }
    }

    public byte[] seal(Secret secret, String place) {
        return seal(secret.reveal(), place);
    }

    /// @throws IllegalStateException when no key of the file opens it, or it belongs elsewhere
    public String open(byte[] sealed, String place) {
        try {
            return opened(sealed, place);
        } catch (GeneralSecurityException unknown) {
            // Another server may have the newer key already.
            if (reload()) {
                return open(sealed, place);
            }
            throw new IllegalStateException("no key of ours opens what is sealed at " + place,
                    unknown);
        }
    }

    private String opened(byte[] sealed, String place) throws GeneralSecurityException {
        return new String(loaded.aead().decrypt(sealed, bytes(place)), StandardCharsets.UTF_8);
    }

    /// Whether the newest key wrapped this one. Behind four bytes of length stands the wrapped
    /// key, which begins with Tink's prefix: 1, then the wrapping key's number.
    boolean isCurrent(byte[] sealed) {
        look();
        return sealed.length > 9 && sealed[4] == 1
                && ByteBuffer.wrap(sealed, 5, 4).getInt() == loaded.keys().getPrimary().getId();
    }

    private static KeysetHandle read(Path file) {
        register();
        try {
            if (Files.notExists(file)) {
                throw new IllegalStateException("no sealing keys at " + file + ": set"
                        + " ORRERY_SEALING_KEY_FILE to the key file that belongs to this database");
            }
            var rights = Files.getPosixFilePermissions(file);
            if (rights.stream().anyMatch(OTHERS::contains)) {
                throw new IllegalStateException(file + " must be readable by its owner alone:"
                        + " chmod 600 " + file);
            }
            var content = Files.readAllBytes(file);
            return content.length == KEY_BYTES ? single(content)
                    : TinkJsonProtoKeysetFormat.parseKeyset(
                            new String(content, StandardCharsets.UTF_8),
                            RegistryConfiguration.get(), InsecureSecretKeyAccess.get());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(file + " is not a file of sealing keys: give the one"
                    + " that was used before, or for a new database one of " + KEY_BYTES
                    + " random bytes", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the sealing keys of " + file, e);
        }
    }

    /// The keys of a file that an operator made of random bytes. All servers must give the key the
    /// same number, so it comes from the key itself.
    private static KeysetHandle single(byte[] key) throws GeneralSecurityException {
        var number = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key)).getInt();
        return KeysetHandle.newBuilder()
                .addEntry(KeysetHandle.importKey(AesGcmKey.builder().setParameters(WRAPPING_KEY)
                        .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
                        .setIdRequirement(number == 0 ? 1 : number).build()).makePrimary())
                .build();
    }

    private static void write(Path file, KeysetHandle keys) {
        try {
            var folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            var fresh = Files.createTempFile(folder, ".sealing-", "",
                    PosixFilePermissions.asFileAttribute(EnumSet.of(
                            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
            Files.writeString(fresh, TinkJsonProtoKeysetFormat.serializeKeyset(
                    keys, RegistryConfiguration.get(), InsecureSecretKeyAccess.get()));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the sealing keys to " + file, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AesGcmParameters parameters(Variant variant) {
        try {
            return AesGcmParameters.builder().setKeySizeBytes(KEY_BYTES).setIvSizeBytes(12)
                    .setTagSizeBytes(16).setVariant(variant).build();
        } catch (GeneralSecurityException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static void register() {
        try {
            AeadConfig.register();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
