package orrery.server.platform.inference;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.secret.Secret;
import orrery.kit.secret.Sealing;
import orrery.server.platform.inference.Endpoint.State;
import orrery.server.tenancy.quota.Amounts;
import orrery.server.tenancy.quota.Quotas;
import org.jspecify.annotations.Nullable;

/// The steps of an endpoint's life, as sagas and loops record them: row and event together.
@Singleton
final class EndpointLifecycle {
    private final EndpointTable table = new EndpointTable();
    private final Database database;
    private final Quotas quotas;
    private final Sealing sealing;
    private final Events events;
    private final Clock clock;

    EndpointLifecycle(Database database, Quotas quotas, Sealing sealing, Events events,
            Clock clock) {
        this.database = database;
        this.quotas = quotas;
        this.sealing = sealing;
        this.events = events;
        this.clock = clock;
    }

    Endpoint get(Grant grant, String id) {
        return database.read(grant, tx -> get(tx, id));
    }

    Optional<Endpoint> find(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.byId(tx, id));
    }

    Endpoint get(Tx tx, String id) {
        return table.rows.get(tx, id);
    }

    List<String> alive(Grant grant, String region) {
        return database.read(grant, tx -> table.alive(tx, region));
    }

    /// Those that clusters of projects should know, by cluster.
    Map<String, List<String>> onClusters(Grant grant) {
        return database.read(grant, table::onClusters);
    }

    List<Endpoint> all(Grant grant, Collection<String> ids) {
        return database.read(grant, tx -> table.rows.all(tx, ids));
    }

    /// The environment that its pods are given, its key included.
    Map<String, String> settings(Grant grant, String id) {
        return database.read(grant, tx -> settings(tx, id));
    }

    Map<String, String> settings(Tx tx, String id) {
        return table.rows.sealed(tx, id, Endpoints.SEALED)
                .map(sealed -> read(Secret.of(sealing.open(sealed, Endpoints.SEALED.at(id)))))
                .orElse(Map.of());
    }

    byte[] sealed(String id, Map<String, String> settings) {
        return sealing.seal(write(settings), Endpoints.SEALED.at(id));
    }

    static Secret write(Map<String, String> settings) {
        return Secret.of(Json.write(new Settings(settings)));
    }

    static Map<String, String> read(Secret settings) {
        return Json.read(settings.reveal(), Settings.class).env();
    }

    /// What is sealed.
    private record Settings(Map<String, String> env) {
        @Override
        public String toString() {
            return "Settings[…]";
        }
    }

    /// Takes what a serving may come to need.
    void reserve(Tx tx, Endpoint endpoint, long gpus) {
        quotas.reserve(tx, endpoint.place(), Endpoints.subject(endpoint.id()),
                new Amounts(gpus, 0, 0, 0, 0, 0));
    }

    /// A run begins to make it: it is the one that a deletion must stop.
    void provisioning(Tx tx, String id, String run) {
        var endpoint = lock(tx, id);
        switch (endpoint.state()) {
            case PENDING, PROVISIONING, LOADING, FAILED -> {
                // What a failure gave back is asked for again.
                reserve(tx, endpoint, endpoint.serving().gpus());
                table.rows.begin(tx, id, State.PROVISIONING, run, clock.instant());
                events.append(tx, EndpointEvents.of("provisioning", endpoint));
            }
            case READY, SCALING, IDLE, DEGRADED, UPDATING, DELETING, DELETED ->
                    throw illegal(endpoint, "create");
        }
    }

    /// A run begins to change it, unless it was asked for so.
    void updating(Tx tx, String id, Serving to, String run) {
        var endpoint = lock(tx, id);
        switch (endpoint.state()) {
            case SCALING, UPDATING -> { }
            case READY, IDLE, DEGRADED -> begin(tx, endpoint, to, run, "updating", "");
            case PENDING, PROVISIONING, LOADING, FAILED, DELETING, DELETED ->
                    throw illegal(endpoint, "update");
        }
    }

    /// Begins a change by a run, in the transaction that records the wish.
    void begin(Tx tx, Endpoint endpoint, Serving to, String run, String event, String reason) {
        var old = endpoint.serving();
        table.rows.begin(tx, endpoint.id(), !to.equals(old) && to.isScaled(old)
                ? State.SCALING : State.UPDATING, run, clock.instant());
        reserve(tx, endpoint, Math.max(to.gpus(), old.gpus()));
        events.append(tx, EndpointEvents.of(event, endpoint, reason));
    }

    private static Problem.Failure illegal(Endpoint endpoint, String action) {
        return new Problem.IllegalTransition(Endpoints.KIND, endpoint.id(),
                EndpointEvents.text(endpoint.state()), action).raise();
    }

    /// The pods of a new one run, and load the model.
    void loading(Grant grant, String id) {
        database.write(grant, tx -> {
            var endpoint = lock(tx, id);
            if (endpoint.state() == State.PROVISIONING) {
                mark(tx, endpoint, State.LOADING, "");
            }
        });
    }

    /// The endpoint could not be made. A deletion that was asked for meanwhile goes on.
    void failed(Tx tx, String id) {
        var endpoint = lock(tx, id);
        if (endpoint.state() == State.PROVISIONING || endpoint.state() == State.LOADING) {
            mark(tx, endpoint, State.FAILED, "It could not be made; its last run says why.");
            quotas.release(tx, Endpoints.subject(id));
        }
    }

    /// It serves what it shall. A deletion that was asked for meanwhile goes on.
    ///
    /// @param settings its new ones; `null` when they are as they were
    void served(Tx tx, String id, Serving serving, @Nullable Secret settings, Seen seen) {
        var endpoint = lock(tx, id);
        table.serve(tx, id, serving, clock.instant());
        if (settings != null) {
            table.seal(tx, id, sealing.seal(settings, Endpoints.SEALED.at(id)));
        }
        reserve(tx, endpoint, serving.gpus());
        table.observe(tx, id, seen.readyReplicas(), seen.url(), clock.instant());
        if (endpoint.state() != State.DELETING) {
            mark(tx, endpoint, serving.isStopped() ? State.IDLE : seen.state(), "");
        }
    }

    /// A change was taken back. A deletion that was asked for meanwhile goes on.
    void unchanged(Tx tx, String id) {
        var endpoint = lock(tx, id);
        if (endpoint.state() == State.SCALING || endpoint.state() == State.UPDATING) {
            reserve(tx, endpoint, endpoint.serving().gpus());
            mark(tx, endpoint, endpoint.serving().isStopped() ? State.IDLE : State.READY,
                    "It could not be changed; its last run says why.");
        }
    }

    /// A run begins to delete it, unless it was asked for so.
    void deleting(Tx tx, String id, String run) {
        var endpoint = lock(tx, id);
        switch (endpoint.state()) {
            case DELETING -> { }
            case DELETED -> throw illegal(endpoint, "delete");
            case PENDING, PROVISIONING, LOADING, READY, SCALING, IDLE, DEGRADED, UPDATING,
                    FAILED -> delete(tx, endpoint, run);
        }
    }

    /// Begins to delete it by a run, in the transaction that records the wish.
    void delete(Tx tx, Endpoint endpoint, String run) {
        table.rows.begin(tx, endpoint.id(), State.DELETING, run, clock.instant());
        events.append(tx, EndpointEvents.of("deleting", endpoint));
    }

    void deleteFailed(Tx tx, String id) {
        mark(tx, lock(tx, id), State.FAILED,
                "The deletion failed; its last run says why. Delete it again to go on.");
    }

    void deleted(Tx tx, String id) {
        var endpoint = lock(tx, id);
        quotas.release(tx, Endpoints.subject(id));
        table.delete(tx, id, clock.instant());
        events.append(tx, EndpointEvents.of("deleted", endpoint));
    }


    /// Whether nothing changes it just now. It stays so until the transaction ends.
    boolean isSettled(Tx tx, String id) {
        return lock(tx, id).state().isSettled();
    }

    /// What the management cluster says, unless somebody changes the endpoint just now.
    void settled(Tx tx, String id, Seen seen) {
        var endpoint = lock(tx, id);
        if (!endpoint.state().isSettled()) {
            return;
        }
        if (!isShown(endpoint, seen)) {
            table.observe(tx, id, seen.readyReplicas(), seen.url(), clock.instant());
        }
        settled(tx, id, seen.state(), reason(seen));
    }

    /// As above, where the reason is ours.
    void settled(Tx tx, String id, State state, String reason) {
        var endpoint = lock(tx, id);
        if (endpoint.state().isSettled() && !isTold(endpoint, state, reason)) {
            mark(tx, endpoint, state, reason);
        }
    }

    /// Whether our record says already what the management cluster does.
    static boolean isKnown(Endpoint endpoint, Seen seen) {
        return isShown(endpoint, seen) && isTold(endpoint, seen.state(), reason(seen));
    }

    private static boolean isShown(Endpoint endpoint, Seen seen) {
        return endpoint.readyReplicas() == seen.readyReplicas()
                && (seen.url() == null || Objects.equals(endpoint.endpointUrl(), seen.url()));
    }

    private static boolean isTold(Endpoint endpoint, State state, String reason) {
        return endpoint.state() == state && reason.equals(
                endpoint.stateReason() == null ? "" : endpoint.stateReason());
    }

    private static String reason(Seen seen) {
        return seen.state() == State.DEGRADED ? seen.text() : "";
    }

    private Endpoint lock(Tx tx, String id) {
        return table.rows.lock(tx, id);
    }

    private void mark(Tx tx, Endpoint endpoint, State state, String reason) {
        table.rows.mark(tx, endpoint.id(), state, reason, clock.instant());
        events.append(tx, EndpointEvents.of(EndpointEvents.text(state), endpoint, reason));
    }
}
