package orrery.server.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;

/// The signing keys of this installation, shared by its server processes and sealed in the
/// database.
///
/// A key signs for [#ACTIVE]; its successor is made and published [#NOTICE] before, so that whoever
/// caches the published keys knows it when it begins to sign. It is kept until the last token that
/// it signed has expired.
@Singleton
public final class SigningKeys implements Supplier<KeyRing> {
    /// What a rotation of the sealing key seals anew.
    public static final SealedColumn SEALED = SigningKeyTable.SEALED;

    private static final Duration ACTIVE = Duration.ofDays(90);
    private static final Duration NOTICE = Duration.ofDays(7);

    /// Longer than any token counts, or may be exchanged after its time.
    private static final Duration AFTERLIFE = Duration.ofDays(9);

    /// How old the ring in memory may be. Far less than [#NOTICE].
    private static final Duration FRESH = Duration.ofMinutes(10);

    private final SigningKeyTable table = new SigningKeyTable();
    private final Database database;
    private final Sealing sealing;
    private final Ids ids;
    private final Clock clock;
    private final Grant system;
    private volatile @Nullable Loaded loaded;

    private record Loaded(KeyRing ring, Instant at) {}

    public SigningKeys(Database database, Sealing sealing, Ids ids, Clock clock) {
        this.database = database;
        this.sealing = sealing;
        this.ids = ids;
        this.clock = clock;
        // Keys are needed before anybody can be asked who they are.
        this.system = new Access((principal, scope) -> Set.of(), clock)
                .system("signing keys");
    }

    /// Makes the first key before the first request.
    void start(@Observes StartupEvent start) {
        renew();
    }

    /// The keys as they are now. May be called inside a transaction.
    @Override
    public KeyRing get() {
        var now = clock.instant();
        var last = loaded;
        if (last == null || last.at().plus(FRESH).isBefore(now)) {
            var rows = database.aside(system, tx -> table.valid(tx, now));
            last = new Loaded(ring(rows, now), now);
            loaded = last;
            if (needsSuccessor(rows, now)) {
                // Not here: the caller may have a transaction open, and there are days of time.
                Thread.ofVirtual().name("signing-key").start(this::renew);
            }
        }
        return last.ring();
    }

    /// Makes the next key, if it is time.
    public void renew() {
        var now = clock.instant();
        database.write(system, tx -> {
            table.lock(tx);
            var rows = table.valid(tx, now);
            if (needsSuccessor(rows, now)) {
                make(tx, rows.isEmpty() ? now : latest(rows).plus(ACTIVE), now);
            }
        });
        loaded = null;
    }

    private static boolean needsSuccessor(List<SigningKeyTable.Row> rows, Instant now) {
        return rows.isEmpty() || latest(rows).plus(ACTIVE).minus(NOTICE).isBefore(now);
    }

    private static Instant latest(List<SigningKeyTable.Row> rows) {
        return rows.getFirst().activeFrom();
    }

    private void make(Tx tx, Instant from, Instant now) {
        var start = from.isBefore(now) ? now : from;
        try {
            var id = ids.next("jwk");
            var key = new ECKeyGenerator(Curve.P_256).keyID(id).keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256).generate();
            table.insert(tx, id, key.toPublicJWK().toJSONObject(),
                    sealing.seal(key.toJSONString(), SigningKeyTable.SEALED.at(id)), start,
                    start.plus(ACTIVE).plus(AFTERLIFE), now);
        } catch (JOSEException e) {
            throw new IllegalStateException("a signing key cannot be made", e);
        }
    }

    private KeyRing ring(List<SigningKeyTable.Row> rows, Instant now) {
        var active = rows.stream().filter(row -> !row.activeFrom().isAfter(now)).findFirst()
                .orElse(rows.getLast());
        return new KeyRing(open(active), rows.stream()
                .filter(row -> !row.id().equals(active.id())).map(this::open).toList());
    }

    private ECKey open(SigningKeyTable.Row row) {
        try {
            return ECKey.parse(sealing.open(
                    row.sealedKey(), SigningKeyTable.SEALED.at(row.id())));
        } catch (ParseException e) {
            throw new IllegalStateException("the signing key " + row.id() + " cannot be read");
        }
    }
}
