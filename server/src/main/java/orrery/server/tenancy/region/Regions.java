package orrery.server.tenancy.region;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.Whereabouts;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import org.jspecify.annotations.Nullable;

/// The regions of this installation.
@Singleton
public final class Regions {
    public static final SealedColumn SEALED =
            new SealedColumn("region", "code", "sealed_kubeconfig");

    /// What a path says that means all regions.
    public static final String GLOBAL = Whereabouts.GLOBAL;

    private static final String KIND = "region";

    /// More than anybody has.
    private static final int MOST_TARGETS = 1000;

    private final RegionTable table = new RegionTable();
    private final Database database;
    private final Sealing sealing;
    private final Events events;
    private final Clock clock;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /// Waiting runs ask many times a second; a new kubeconfig has a new number.
    private final Cache<Way, KubeTarget> targets =
            Caffeine.newBuilder().maximumSize(MOST_TARGETS).build();

    private record Way(String region, long connection, String host) {}

    public Regions(Database database, Sealing sealing, Events events, Clock clock) {
        this.database = database;
        this.sealing = sealing;
        this.events = events;
        this.clock = clock;
    }

    /// All regions, by code.
    public List<Region> list(Grant grant) {
        return database.read(grant, table::list);
    }

    public Region get(Grant grant, String code) {
        return database.read(grant, tx -> get(tx, code));
    }

    /// As part of something larger.
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    public Region get(Tx tx, String code) {
        return find(tx, code).orElseThrow(() -> new Problem.NotFound(KIND, code).raise());
    }

    public Optional<Region> find(Tx tx, String code) {
        return table.find(tx, code);
    }

    /// As [#get(Tx, String)], for what is to be made there.
    ///
    /// @throws Problem.Failure [Problem.NotFound], or [Problem.Conflict] while it is closed
    public Region open(Tx tx, String code) {
        var region = get(tx, code);
        if (region.state() == Region.State.DISABLED) {
            throw new Problem.Conflict(KIND, code, "it is closed; choose another region").raise();
        }
        return region;
    }

    /// Refuses a code that names no region. Regions stay once they are there, so that every list of
    /// what is in one does not ask the database for it again.
    ///
    /// @throws Problem.Failure [Problem.NotFound]
    public void check(Tx tx, String code) {
        if (!known.contains(code)) {
            known.add(get(tx, code).code());
        }
    }

    /// As [#check], for lists that may span regions.
    ///
    /// @return the region that the code means; `null` for all
    public @Nullable String checked(Tx tx, String code) {
        var region = one(code);
        if (region != null) {
            check(tx, region);
        }
        return region;
    }

    /// The region that a code means; `null` for all.
    public static @Nullable String one(String code) {
        return code.equals(GLOBAL) ? null : code;
    }

    /// Connects a management cluster, or takes over a changed kubeconfig of one. The same again
    /// changes nothing, so that every start may say what it was told.
    ///
    /// @throws Problem.Failure [Problem.Invalid] naming what is wrong with the kubeconfig
    public void register(Grant grant, NewRegion region) {
        var config = Kubeconfig.read(region.kubeconfig(), region.context());
        var text = new Stored(region.kubeconfig(), region.context()).text();
        database.write(grant, tx -> {
            boolean known = table.sealed(tx, region.code())
                    .filter(sealed -> sealing.open(sealed, SEALED.at(region.code())).equals(text))
                    .isPresent();
            if (known) {
                return;
            }
            table.put(tx, region, config.server().getHost(),
                    sealing.seal(text, SEALED.at(region.code())), clock.instant());
            events.append(tx, event("region.connected", region.code(), Map.of(
                    "server", config.server().toString())));
        });
    }

    /// How the region's management cluster is reached, as its administrator. For sagas and loops
    /// only: it never leaves the server.
    public KubeTarget target(Grant grant, String code) {
        return database.read(grant, tx -> {
            var region = get(tx, code);
            return targets.get(new Way(code, region.connection(), region.host()), way -> {
                var stored = Stored.read(sealing.open(
                        table.sealed(tx, code).orElseThrow(), SEALED.at(code)));
                return new KubeTarget("region " + code + "#" + way.connection(),
                        Kubeconfig.read(stored.kubeconfig(), stored.context()),
                        Set.of(way.host()));
            });
        });
    }

    /// Notes whether the management cluster answers.
    ///
    /// @param away why not; `null` when it does
    public void mark(Grant grant, String code, @Nullable String away) {
        var state = away == null ? Region.State.ACTIVE : Region.State.DEGRADED;
        database.write(grant, tx -> {
            // The cause may be another with each look: that is no event.
            boolean changes = get(tx, code).state() != state;
            if (table.mark(tx, code, state, away, clock.instant()) && changes) {
                events.append(tx, event(away == null ? "region.active" : "region.degraded", code,
                        Map.of("reason", Optional.ofNullable(away).orElse(""))));
            }
        });
    }

    /// Notes that an object of ours was deleted there that nobody missed.
    ///
    /// @param orphan its kind, namespace and name, and the identifier that it bore
    void cleared(Grant grant, String code, Map<String, String> orphan) {
        database.write(grant, tx -> events.append(tx, event("region.cleared", code, orphan)));
    }

    private static NewEvent event(String type, String code, Map<String, String> data) {
        return new NewEvent(type, new Subject(KIND, code), Scope.PLATFORM, data);
    }
}
