package orrery.server.auth.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;

/// The signing keys of this installation, shared by its server processes and sealed in the
/// database: ES256 for access tokens, which we verify often, and RS256 for ID tokens, which every
/// client can verify (OpenID Connect Core 15.1).
///
/// A key signs for [#ACTIVE]; its successor is made and published [#NOTICE] before, so that whoever
/// caches the published keys knows it when it begins to sign. It is kept until the last token that
/// it signed has expired.
@Singleton
public final class SigningKeys implements Supplier<KeyRing<ECKey>> {
    /// What a rotation of the sealing key seals anew.
    public static final SealedColumn SEALED = SigningKeyTable.SEALED;

    private static final List<JWSAlgorithm> ALGORITHMS =
            List.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256);
    private static final int RSA_BITS = 2048;
    private static final Duration ACTIVE = Duration.ofDays(90);
    private static final Duration NOTICE = Duration.ofDays(7);

    /// Longer than any token counts, or may be exchanged after its time.
    private static final Duration AFTERLIFE = Duration.ofDays(9);

    /// How old the rings in memory may be. Far less than [#NOTICE].
    private static final Duration FRESH = Duration.ofMinutes(10);

    private final SigningKeyTable table = new SigningKeyTable();
    private final Database database;
    private final Sealing sealing;
    private final Ids ids;
    private final Clock clock;
    private final Grant system;
    private volatile @Nullable Loaded loaded;

    private record Loaded(KeyRing<ECKey> access, KeyRing<RSAKey> identity, Instant at) {}

    public SigningKeys(Database database, Sealing sealing, Ids ids, Clock clock) {
        this.database = database;
        this.sealing = sealing;
        this.ids = ids;
        this.clock = clock;
        // Keys are needed before anybody can be asked who they are.
        this.system = new Access((principal, scope) -> Set.of(), clock)
                .system("signing keys");
    }

    /// Makes the first keys before the first request.
    void start(@Observes StartupEvent start) {
        renew();
    }

    /// The keys of access tokens as they are now. May be called inside a transaction.
    @Override
    public KeyRing<ECKey> get() {
        return load().access();
    }

    /// The keys of ID tokens as they are now. May be called inside a transaction.
    public KeyRing<RSAKey> identity() {
        return load().identity();
    }

    /// The public halves of all.
    Map<String, Object> published() {
        var now = load();
        return KeyRing.published(Stream.concat(now.access().all(), now.identity().all()));
    }

    private Loaded load() {
        var now = clock.instant();
        var last = loaded;
        if (last == null || last.at().plus(FRESH).isBefore(now)) {
            var rows = database.aside(system, tx -> table.valid(tx, now));
            last = new Loaded(ring(rows, JWSAlgorithm.ES256, now, JWK::toECKey),
                    ring(rows, JWSAlgorithm.RS256, now, JWK::toRSAKey), now);
            loaded = last;
            if (ALGORITHMS.stream().anyMatch(it -> needsSuccessor(of(rows, it), now))) {
                // Not here: the caller may have a transaction open, and there are days of time.
                Thread.ofVirtual().name("signing-key").start(this::renew);
            }
        }
        return last;
    }

    /// Makes the next keys, if it is time.
    public void renew() {
        var now = clock.instant();
        database.write(system, tx -> {
            table.lock(tx);
            var rows = table.valid(tx, now);
            for (var algorithm : ALGORITHMS) {
                var own = of(rows, algorithm);
                if (needsSuccessor(own, now)) {
                    make(tx, algorithm, own.isEmpty() ? now : latest(own).plus(ACTIVE), now);
                }
            }
        });
        loaded = null;
    }

    private static List<SigningKeyTable.Row> of(
            List<SigningKeyTable.Row> rows, JWSAlgorithm algorithm) {
        return rows.stream().filter(row -> row.algorithm().equals(algorithm.getName())).toList();
    }

    private static boolean needsSuccessor(List<SigningKeyTable.Row> rows, Instant now) {
        return rows.isEmpty() || latest(rows).plus(ACTIVE).minus(NOTICE).isBefore(now);
    }

    private static Instant latest(List<SigningKeyTable.Row> rows) {
        return rows.getFirst().activeFrom();
    }

    private void make(Tx tx, JWSAlgorithm algorithm, Instant from, Instant now) {
        var start = from.isBefore(now) ? now : from;
        var id = ids.next("jwk");
        var key = generate(algorithm, id);
        var sealed = sealing.seal(key.toJSONString(), SigningKeyTable.SEALED.at(id));
        table.insert(tx, new SigningKeyTable.Row(id, algorithm.getName(), sealed, start),
                key.toPublicJWK().toJSONObject(), start.plus(ACTIVE).plus(AFTERLIFE), now);
    }

    private static JWK generate(JWSAlgorithm algorithm, String id) {
        try {
            return algorithm.equals(JWSAlgorithm.ES256)
                    ? new ECKeyGenerator(Curve.P_256).keyID(id).keyUse(KeyUse.SIGNATURE)
                            .algorithm(algorithm).generate()
                    : new RSAKeyGenerator(RSA_BITS).keyID(id).keyUse(KeyUse.SIGNATURE)
                            .algorithm(algorithm).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("a signing key cannot be made", e);
        }
    }

    private interface Kind<K> {
        K of(JWK key);
    }

    private <K extends JWK> KeyRing<K> ring(
            List<SigningKeyTable.Row> all, JWSAlgorithm algorithm, Instant now, Kind<K> kind) {
        var rows = of(all, algorithm);
        if (rows.isEmpty()) {
            throw new IllegalStateException("there is no key for " + algorithm);
        }
        var active = rows.stream().filter(row -> !row.activeFrom().isAfter(now)).findFirst()
                .orElse(rows.getLast());
        return new KeyRing<>(kind.of(open(active)), rows.stream()
                .filter(row -> !row.id().equals(active.id()))
                .map(row -> kind.of(open(row))).toList());
    }

    private JWK open(SigningKeyTable.Row row) {
        try {
            return JWK.parse(sealing.open(
                    row.sealedKey(), SigningKeyTable.SEALED.at(row.id())));
        } catch (ParseException e) {
            throw new IllegalStateException("the signing key " + row.id() + " cannot be read");
        }
    }
}
