package orrery.server.tenancy.region;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
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
    /// @throws Problem.Failure [Problem.NotFound], or [Problem.Conflict] while it is not open
    public Region open(Tx tx, String code) {
        var region = get(tx, code);
        if (!region.state().isOpen()) {
            throw new Problem.Conflict(KIND, code, region.state() == Region.State.MAINTENANCE
                    ? "it is being worked on; wait, or choose another region"
                    : "it is closed; choose another region").raise();
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
        database.write(grant, tx -> {
            if (!insert(tx, region, config)) {
                reconnect(tx, region.code(), config,
                        new Stored(region.kubeconfig(), region.context()));
            }
        });
    }

    /// Connects a management cluster as another region.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the code, [Problem.Invalid] naming what
    ///     is wrong with the kubeconfig
    public Region connect(Grant grant, NewRegion region) {
        var config = Kubeconfig.read(region.kubeconfig(), region.context());
        return database.tx(grant, tx -> {
            if (!insert(tx, region, config)) {
                throw new Problem.AlreadyExists(KIND, region.code()).raise();
            }
            return get(tx, region.code());
        });
    }

    /// What of a region shall be otherwise; `null` stays.
    record Change(
            @Nullable String displayName,
            @Nullable List<String> zones,
            Region.@Nullable Opening state,
            @Nullable Stored kubeconfig) {
        Change {
            zones = zones == null ? null : List.copyOf(zones);
            Region.check(new Mistakes(), displayName, zones).orRefuse();
        }
    }

    /// Changes how a region is called, whether it is open, what zones it has and how it is reached.
    ///
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Unprocessable] when a zone is left out, [Problem.Invalid]
    ///     naming what is wrong with the kubeconfig
    Region change(Grant grant, String code, Change to, OptionalLong expected) {
        var stored = to.kubeconfig();
        var config = stored == null ? null : Kubeconfig.read(stored.kubeconfig(), stored.context());
        return database.tx(grant, tx -> {
            var found = table.lock(tx, code)
                    .orElseThrow(() -> new Problem.NotFound(KIND, code).raise());
            IfMatch.verify(KIND, code, found.version(), expected);
            var zones = to.zones() == null ? found.zones() : to.zones();
            verifyKept(found.zones(), zones);
            table.change(tx, code,
                    to.displayName() == null ? found.displayName() : to.displayName(), zones,
                    to.state() == null ? null : Region.State.valueOf(to.state().name()),
                    clock.instant());
            if (stored != null && config != null) {
                reconnect(tx, code, config, stored);
            }
            var changed = get(tx, code);
            events.append(tx, event("region.updated", code,
                    Map.of("state", changed.state().name().toLowerCase(Locale.ROOT))));
            return changed;
        });
    }

    /// What is made in a zone names it for ever.
    private static void verifyKept(List<String> old, List<String> zones) {
        var gone = old.stream().filter(zone -> !zones.contains(zone)).toList();
        if (!gone.isEmpty()) {
            throw new Problem.Unprocessable(List.of(new Problem.Mistake("zones", "must keep "
                    + String.join(", ", gone) + ": zones are added, not taken away"))).raise();
        }
    }

    private boolean insert(Tx tx, NewRegion region, Kubeconfig config) {
        boolean isNew = table.insert(tx, region, config.server().getHost(),
                sealed(region.code(), new Stored(region.kubeconfig(), region.context())),
                clock.instant());
        if (isNew) {
            events.append(tx, connected(region.code(), config));
        }
        return isNew;
    }

    private void reconnect(Tx tx, String code, Kubeconfig config, Stored stored) {
        boolean isKnown = table.sealed(tx, code)
                .filter(sealed -> sealing.open(sealed, SEALED.at(code)).equals(stored.text()))
                .isPresent();
        if (!isKnown) {
            table.connect(tx, code, config.server().getHost(), sealed(code, stored),
                    clock.instant());
            events.append(tx, connected(code, config));
        }
    }

    private byte[] sealed(String code, Stored stored) {
        return sealing.seal(stored.text(), SEALED.at(code));
    }

    private static NewEvent connected(String code, Kubeconfig config) {
        return event("region.connected", code, Map.of("server", config.server().toString()));
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
