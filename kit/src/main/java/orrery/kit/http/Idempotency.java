package orrery.kit.http;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import org.jspecify.annotations.Nullable;

/// The header `Idempotency-Key`: a request that is sent again, because its answer was lost, is
/// answered again and not carried out again. Keys count for a caller, a method and a path, for a
/// day; answers are stored sealed, since some hold secrets that are shown only once.
///
/// The key is taken before the handler runs, marked as acted on in the handler's own transaction,
/// and the answer is stored after it. So a server killed in between leaves one of two: a key that
/// nothing was done for, which may be tried again after [IdempotencyTable#LEASE], or one whose
/// answer is lost, which is refused from then on. Nothing is done twice.
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

    private static final String LOST = "was carried out, and the server stopped before it could"
            + " keep the answer: look at what it made, and use a new key for anything else";

    private final Database database;
    private final Sealing sealing;
    private final IdempotencyTable table = new IdempotencyTable();

    public Idempotency(Database database, Sealing sealing) {
        this.database = database;
        this.sealing = sealing;
        database.beforeCommit(this::act);
    }

    private void act(Tx tx) {
        var call = tx.grant().call();
        if (call.once() != null && !table.act(tx, call.once(), call.requestId())) {
            throw new Problem.Conflict("request", call.requestId(),
                    "took longer than its Idempotency-Key is held, and another took over").raise();
        }
    }

    /// A stored answer.
    record Stored(int status, Map<String, String> headers, @Nullable String body)
            implements Taken {}

    /// What a key was found to be.
    sealed interface Taken {}

    /// Nobody had the key: the request is to be carried out under it.
    ///
    /// @param plain the grant that the request came with, which no key is tied to
    /// @param grant the one to carry it out with
    record Mine(Grant plain, Grant grant) implements Taken {}

    /// Whether a request asks for this.
    static boolean isAsked(String method, @Nullable String key, Grant grant) {
        return key != null && METHODS.contains(method) && !grant.principal().isAnonymous();
    }

    /// Whether requests for this route can ask for it.
    static boolean isFor(Route route) {
        return METHODS.contains(route.method()) && route.kind() != Route.Kind.OPEN;
    }

    /// Takes the key, or gives back what was answered to it before.
    ///
    /// @param target path and query
    /// @throws Problem.Failure [Problem.Invalid], [Problem.IdempotencyInProgress],
    ///     [Problem.IdempotencyKeyReused], or [Problem.Conflict] when the answer was lost
    Taken begin(Grant grant, String method, String target, String key, byte[] body) {
        new Mistakes().unless(PRINTABLE.matcher(key).matches(), KEY,
                "must have 1 to 255 printable characters").orRefuse();
        var id = id(grant, method, target, key);
        var holder = grant.call().requestId();
        var found = database.tx(grant, tx -> table.take(tx, id, hash(body), holder));
        if (found.isEmpty()) {
            return new Mine(grant, grant.once(id));
        }
        var row = found.get();
        if (!row.fingerprint().equals(hash(body))) {
            throw new Problem.IdempotencyKeyReused(key).raise();
        }
        if (row.lost()) {
            throw new Problem.Conflict("request with the Idempotency-Key", key, LOST).raise();
        }
        if (row.answer() == null) {
            throw new Problem.IdempotencyInProgress(key).raise();
        }
        return Json.read(sealing.open(row.answer(), SEALED.at(id)), Stored.class);
    }

    /// Keeps the answer for the next time, or frees the key when nothing was done.
    void end(Mine mine, Stored answer) {
        var call = mine.grant().call();
        var id = requireNonNull(call.once());
        var sealed = sealing.seal(Json.text(answer), SEALED.at(id));
        database.write(mine.plain(), tx -> {
            var isWorthAnotherTry = answer.status() >= 500 || FORGOTTEN.contains(answer.status());
            if (!isWorthAnotherTry || !table.free(tx, id, call.requestId())) {
                table.store(tx, id, call.requestId(), sealed);
            }
        });
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
