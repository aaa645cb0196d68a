package orrery.server.iam.apikey;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;

/// The secrets of API keys and of service accounts' credentials: `plt_sk_<id>_<43 base62
/// characters>`, 256 random bits.
///
/// A random secret that long needs no slow hash. It is kept as its HMAC-SHA256, whose key is not in
/// the database in the clear: a copy of the table is of no use.
@Singleton
public final class KeySecrets {
    /// What a rotation of the sealing key seals anew.
    public static final SealedColumn SEALED = PepperTable.SEALED;

    /// What a secret proves.
    public enum Kind {
        API_KEY("plt_sk_"), CLIENT("plt_cs_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    private static final String ALPHABET =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 43;
    private static final int LONGEST = 200;

    private final SecretKeySpec key;
    private final RandomGenerator random;

    public KeySecrets(
            Database database, Sealing sealing, RandomGenerator random, Access access) {
        this.key = new SecretKeySpec(
                database.tx(access.system("API keys"),
                        tx -> new PepperTable().key(tx, sealing, random, "api_key")),
                "HmacSHA256");
        this.random = random;
    }

    /// A new secret.
    ///
    /// @param id of what it is for: the API key or the credential
    public String next(Kind kind, String id) {
        var secret = new StringBuilder(kind.prefix).append(id).append('_');
        for (int i = 0; i < LENGTH; i++) {
            secret.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return secret.toString();
    }

    /// Whether it looks like a secret of that kind.
    public static boolean is(Kind kind, String secret) {
        return secret.startsWith(kind.prefix);
    }

    /// What a secret names; empty when it is none of ours.
    public static Optional<String> id(Kind kind, String secret) {
        var end = secret.lastIndexOf('_');
        if (!is(kind, secret) || end <= kind.prefix.length() || secret.length() > LONGEST) {
            return Optional.empty();
        }
        return Optional.of(secret.substring(kind.prefix.length(), end));
    }

    /// What is kept of a secret.
    public byte[] hash(String secret) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }
}
