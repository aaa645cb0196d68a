package orrery.server.platform.inference;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Status;
import orrery.kit.kube.Kind;
import orrery.server.platform.inference.Endpoint.State;
import orrery.server.tenancy.region.Settles;

/// Brings what we say of endpoints and what their InferenceServices say together: one that is gone,
/// that answers no more, that scaled by itself, or that somebody changed.
@Singleton
final class SettleEndpoints implements Settles {
    /// A service that could not be put back is not tried again before this.
    private static final Duration AFTER_FAILURE = Duration.ofMinutes(10);

    private final EndpointLook look;
    private final EndpointLifecycle lifecycle;
    private final Database database;
    private final Runs runs;
    private final Clock clock;

    SettleEndpoints(EndpointLook look, EndpointLifecycle lifecycle, Database database, Runs runs,
            Clock clock) {
        this.look = look;
        this.lifecycle = lifecycle;
        this.database = database;
        this.runs = runs;
        this.clock = clock;
    }

    @Override
    public Kind kind() {
        return InferenceServices.KIND;
    }

    @Override
    public String label() {
        return InferenceServices.ENDPOINT;
    }

    @Override
    public List<String> alive(Grant grant, String region) {
        return lifecycle.alive(grant, region);
    }

    @Override
    public Collection<String> news(Grant grant, Map<String, ObjectNode> objects) {
        return lifecycle.all(grant, objects.keySet()).stream()
                .filter(endpoint -> {
                    var service = objects.get(endpoint.id());
                    return isChanged(endpoint, service)
                            || !EndpointLifecycle.isKnown(endpoint, Seen.of(service));
                })
                .map(Endpoint::id).toList();
    }

    private static boolean isChanged(Endpoint endpoint, ObjectNode service) {
        return InferenceServices.isChanged(
                service, InferenceServices.of(endpoint, endpoint.serving()));
    }

    @Override
    public Map<String, Instant> over(Grant grant, String region, Collection<String> ids) {
        return lifecycle.all(grant, ids).stream()
                .filter(it -> it.deletedAt() != null && it.region().equals(region))
                .collect(Collectors.toMap(Endpoint::id, Endpoint::deletedAt));
    }

    @Override
    public boolean look(Grant grant, String id) {
        var found = lifecycle.find(grant, id);
        // What bears a label of ours need not be ours.
        if (found.isEmpty()) {
            return true;
        }
        var endpoint = found.get();
        switch (endpoint.state()) {
            case READY, IDLE, DEGRADED -> settle(grant, endpoint);
            case PENDING, PROVISIONING, LOADING, SCALING, UPDATING -> {
                return false;
            }
            case FAILED, DELETING, DELETED -> { }
        }
        return true;
    }

    private void settle(Grant grant, Endpoint endpoint) {
        if (look.isLost(grant, endpoint)) {
            gone(grant, endpoint, "Its " + endpoint.where() + " is gone, and it with that");
            return;
        }
        var found = look.service(grant, endpoint);
        if (found.isEmpty()) {
            gone(grant, endpoint, "Its InferenceService is gone from " + endpoint.where());
            return;
        }
        var service = found.get();
        database.write(grant, tx -> {
            if (isChanged(endpoint, service)) {
                repair(tx, endpoint);
            } else {
                lifecycle.settled(tx, endpoint.id(), Seen.of(service));
            }
        });
    }

    private void gone(Grant grant, Endpoint endpoint, String how) {
        database.write(grant, tx -> lifecycle.settled(tx, endpoint.id(), State.FAILED,
                how + "; delete it and make another."));
    }

    private void repair(Tx tx, Endpoint endpoint) {
        if (!lifecycle.isSettled(tx, endpoint.id())) {
            return;
        }
        if (hasJustFailed(tx, endpoint)) {
            lifecycle.settled(tx, endpoint.id(), State.DEGRADED,
                    "Its InferenceService was changed and could not be put back.");
            return;
        }
        var run = runs.start(tx, UpdateEndpoint.TYPE,
                new UpdateEndpoint.Input(endpoint.id(), endpoint.serving(), null),
                Endpoints.subject(endpoint.id()), endpoint.place());
        lifecycle.begin(tx, endpoint, endpoint.serving(), run, "repairing",
                "Its InferenceService was changed; it is put back.");
    }

    private boolean hasJustFailed(Tx tx, Endpoint endpoint) {
        if (endpoint.runId() == null) {
            return false;
        }
        var last = runs.get(tx, endpoint.runId());
        return last.status() == Status.FAILED && last.completedAt() != null
                && last.completedAt().plus(AFTER_FAILURE).isAfter(clock.instant());
    }
}
