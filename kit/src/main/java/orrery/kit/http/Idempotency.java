package orrery.kit.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import org.jspecify.annotations.Nullable;

/// The header `Idempotency-Key`: a request that is sent again, because its answer was lost, is
/// answered again and not carried out again. Keys count for a caller, a method and a path, for a
/// day; answers are stored sealed, since some hold secrets that are shown only once.
///
/// The key is taken before the handler runs and the answer stored after it. A server killed in
/// between leaves the key in progress; after [IdempotencyTable#LEASE] it may be tried again.
public final class Idempotency {
    /// The header with the key, and the one that tells that an answer is a repeated one.
    static final String KEY = "Idempotency-Key";
    static final String REPLAYED = "Idempotent-Replayed";

    /// Where answers are kept, for sealing them anew.
    public static final SealedColumn SEALED =
            new SealedColumn("idempotency_key", "id", "answer");

    private static final Set<String> METHODS = Set.of("POST", "PATCH", "DELETE");
    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,255}");
    /// Refusals that changed nothing and may be mended: they are worth another try.
    private static final Set<Integer> FORGOTTEN = Set.of(400, 401, 403, 406, 413, 415, 429);

    private final Database database;
    private final Sealing sealing;
    private final IdempotencyTable table = new IdempotencyTable();

    public Idempotency(Database database, Sealing sealing) {
        this.database = database;
        this.sealing = sealing;
    }

    /// A stored answer.
    record Stored(int status, Map<String, String> headers, @Nullable String body) {}


    /// Whether a request asks for this.
    static boolean isAsked(String method, @Nullable String key, Grant grant) {
        return key != null && METHODS.contains(method) && !grant.principal().isAnonymous();
    }

    /// Takes the key, or gives back what was answered to it before.
    ///
    /// @param target path and query
    /// @throws Problem.Failure [Problem.Invalid], [Problem.IdempotencyInProgress] or
    ///     [Problem.IdempotencyKeyReused]
    Optional<Stored> begin(
            Grant grant, String method, String target, String key, byte[] body) {
        new Mistakes().unless(PRINTABLE.matcher(key).matches(), KEY,
                "must have 1 to 255 printable characters").orRefuse();
        var id = id(grant, method, target, key);
        var found = database.tx(grant, tx -> table.take(tx, id, hash(body)));
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var row = found.get();
        if (!row.fingerprint().equals(hash(body))) {
            throw new Problem.IdempotencyKeyReused(key).raise();
        }
        if (row.answer() == null) {
            throw new Problem.IdempotencyInProgress(key).raise();
        }
        return Optional.of(Json.read(sealing.open(row.answer(), SEALED.at(id)), Stored.class));
    }

    /// Keeps the answer for the next time, or frees the key when nothing was done.
    void end(Grant grant, String method, String target, String key, Stored answer) {
        var id = id(grant, method, target, key);
        if (answer.status() >= 500 || FORGOTTEN.contains(answer.status())) {
            database.write(grant, tx -> table.free(tx, id));
        } else {
            var sealed = sealing.seal(Json.text(answer), SEALED.at(id));
            database.write(grant, tx -> table.store(tx, id, sealed));
        }
    }

    private static String id(Grant grant, String method, String target, String key) {
        return hash(String.join("\n", grant.principal().kind().name(), grant.principal().id(),
                method, target.split("\\?", 2)[0], key).getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
