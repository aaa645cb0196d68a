package orrery.server.iam.apikey;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.secret.Sealing;

/// Keyed hashes for random secrets of 256 bits, which need no slow one: HMAC-SHA256 under a key
/// that is sealed in the database, so that a copy of a table is of no use.
@Singleton
public final class Peppers {
    private final Database database;
    private final Sealing sealing;
    private final RandomGenerator random;
    private final Access access;

    /// The hash of one kind of secret.
    @FunctionalInterface
    public interface Hash {
        byte[] of(String secret);
    }

    public Peppers(
            Database database, Sealing sealing, RandomGenerator random, Access access) {
        this.database = database;
        this.sealing = sealing;
        this.random = random;
        this.access = access;
    }

    /// The hash under the key of that name, which is made when it is asked for first.
    public Hash named(String name) {
        var key = new SecretKeySpec(database.tx(access.system("secrets"),
                tx -> new PepperTable().key(tx, sealing, random, name)), "HmacSHA256");
        return secret -> {
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(key);
                return mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException | InvalidKeyException e) {
                throw new IllegalStateException(e);
            }
        };
    }
}
