package orrery.server.auth.login;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;

/// Hashes passwords with Argon2id (RFC 9106) and keeps the hash as a PHC string:
/// `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
///
/// A hash takes memory and time on purpose, so only a few are made at once and few more may wait.
/// They are made on threads of their own, which the operating system interrupts: on those that
/// carry all requests, the others would stand still meanwhile. Such a thread keeps its memory for
/// the next hash, and both go when none was asked for in a while: made anew for each hash, that
/// much memory costs a quarter of the time again to collect.
public final class Passwords {
    /// The least that OWASP's cheat sheet asks for; about 45 ms on one of two cores.
    public static final Cost STANDARD = new Cost(19_456, 2);

    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int WAITING = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration UNUSED = Duration.ofSeconds(30);
    private static final Base64.Encoder BASE64 = Base64.getEncoder().withoutPadding();

    private final Cost cost;
    private final RandomGenerator random;
    private final ExecutorService working;
    private final ThreadLocal<FixedBlockPool> memory;
    private final Semaphore admitted;
    private final String stranger;

    /// @param kibibytes memory of one hash
    /// @param passes over that memory
    public record Cost(int kibibytes, int passes) {}

    /// @param random a cryptographically strong source, for salts
    /// @param atOnce hashes that are made at the same time; each holds its memory
    public Passwords(Cost cost, RandomGenerator random, int atOnce) {
        this.cost = cost;
        this.random = random;
        this.working = threads(atOnce);
        this.memory = ThreadLocal.withInitial(() -> new FixedBlockPool(cost.kibibytes()));
        this.admitted = new Semaphore(atOnce + WAITING);
        this.stranger = encode(cost, new byte[SALT_BYTES], new byte[HASH_BYTES]);
    }

    /// @throws Problem.Failure [Problem.Unavailable] when too many wait already
    String hash(String password) {
        var salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return encode(cost, salt, inTurn(password, salt, cost));
    }

    /// Whether `password` is the one of `stored`. Without a stored hash the answer is no, and takes
    /// as long, so that nobody learns who has an account.
    ///
    /// @throws Problem.Failure [Problem.Unavailable] when too many wait already
    boolean matches(String password, @Nullable String stored) {
        var parts = (stored == null ? stranger : stored).split("\\$");
        var salt = Base64.getDecoder().decode(parts[4]);
        var made = inTurn(password, salt, costOf(parts[3]));
        return MessageDigest.isEqual(made, Base64.getDecoder().decode(parts[5]))
                && stored != null;
    }

    /// Whether `stored` was made at another cost, so that it should be made again.
    boolean isOutdated(String stored) {
        return !costOf(stored.split("\\$")[3]).equals(cost);
    }

    private byte[] inTurn(String password, byte[] salt, Cost asked) {
        if (!admitted.tryAcquire()) {
            throw busy();
        }
        var hash = working.submit(() -> argon2id(password, salt, asked));
        try {
            return hash.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw busy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a password cannot be hashed", e.getCause());
        } finally {
            hash.cancel(false);
            admitted.release();
        }
    }

    private static ExecutorService threads(int atOnce) {
        var threads = new ThreadPoolExecutor(
                atOnce, atOnce, UNUSED.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("password-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    private byte[] argon2id(String password, byte[] salt, Cost asked) {
        var parameters = new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(asked.kibibytes()).withIterations(asked.passes())
                .withParallelism(1).withSalt(salt);
        if (asked.equals(cost)) {
            parameters.withBlockPool(memory.get());
        }
        var generator = new Argon2BytesGenerator();
        generator.init(parameters.build());
        var secret = Normalizer.normalize(password, Normalizer.Form.NFKC)
                .getBytes(StandardCharsets.UTF_8);
        var hash = new byte[HASH_BYTES];
        generator.generateBytes(secret, hash);
        Arrays.fill(secret, (byte) 0);
        return hash;
    }

    private static String encode(Cost cost, byte[] salt, byte[] hash) {
        return "$argon2id$v=19$m=" + cost.kibibytes() + ",t=" + cost.passes() + ",p=1$"
                + BASE64.encodeToString(salt) + "$" + BASE64.encodeToString(hash);
    }

    private static Cost costOf(String parameters) {
        var parts = parameters.split("[=,]");
        return new Cost(Integer.parseInt(parts[1]), Integer.parseInt(parts[3]));
    }

    private static Problem.Failure busy() {
        return new Problem.Unavailable("the password check", Duration.ofSeconds(2)).raise();
    }
}
