package orrery.server.compute.deploy;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.compute.deploy.Deploy.State;
import orrery.server.compute.deploy.Maker.Health;
import orrery.server.compute.deploy.Maker.Part;

/// The steps of a deploy's life, as sagas record them: row and event together.
@Singleton
final class Lifecycle {
    private static final int SWEEP = 100;

    private final DeployTable table = new DeployTable();
    private final Database database;
    private final Makers makers;
    private final Events events;
    private final Clock clock;

    Lifecycle(Database database, Makers makers, Events events, Clock clock) {
        this.database = database;
        this.makers = makers;
        this.events = events;
        this.clock = clock;
    }

    /// What was made for a deploy, and how it is.
    record Placed(Deploy.Resource resource, Part part) {}

    Deploy get(Tx tx, String id) {
        return table.rows.get(tx, id);
    }

    /// What there is or was of it, in order.
    List<Placed> placed(Grant grant, String id) {
        return database.read(grant, tx -> placed(tx, id));
    }

    List<Placed> placed(Tx tx, String id) {
        var all = table.resources(tx, List.of(id)).getOrDefault(id, List.of());
        var parts = makers.parts(tx, all);
        return all.stream().map(it -> new Placed(it, parts.get(it.resourceId()))).toList();
    }

    Part part(Grant grant, Deploy.Resource resource) {
        return database.read(grant, tx -> makers.parts(tx, List.of(resource))
                .get(resource.resourceId()));
    }

    /// A run begins: it is the one that a deletion must stop.
    void begin(Tx tx, String id, State to) {
        var deploy = table.rows.lock(tx, id);
        switch (deploy.state()) {
            case PENDING, VALIDATING, DEPLOYING, UPDATING, FAILED -> {
                if (tx.run() != null) {
                    table.rows.begin(tx, id, to, tx.run(), clock.instant());
                }
                if (deploy.state() != to) {
                    mark(tx, deploy, to, "");
                }
            }
            case RUNNING, DELETING, DELETED -> throw new Problem.IllegalTransition(Deploys.KIND,
                    id, text(deploy.state()), "be changed by this run").raise();
        }
    }

    void deploying(Tx tx, String id) {
        var deploy = table.rows.lock(tx, id);
        if (deploy.state() == State.VALIDATING) {
            mark(tx, deploy, State.DEPLOYING, "");
        }
    }

    /// Keeps why it is going to fail: whoever takes steps back does not know.
    void note(Grant grant, String id, String reason) {
        database.write(grant, tx -> table.rows.findLocked(tx, id).ifPresent(
                it -> table.rows.mark(tx, id, it.state(), reason, clock.instant())));
    }

    /// Nothing came of a run. A deletion that was asked for meanwhile goes on.
    void failed(Tx tx, String id) {
        var deploy = table.rows.lock(tx, id);
        switch (deploy.state()) {
            case PENDING, VALIDATING, DEPLOYING, UPDATING -> mark(tx, deploy, State.FAILED,
                    Optional.ofNullable(deploy.stateReason())
                            .orElse("It could not be brought about; its last run says why."));
            case RUNNING, FAILED, DELETING, DELETED -> { }
        }
    }

    /// What stands at a position was made.
    void placed(Tx tx, String id, Deploy.Resource resource) {
        table.place(tx, id, resource);
    }

    /// What stands at a position shall go.
    void remove(Tx tx, String id, int position) {
        table.resources(tx, List.of(id)).getOrDefault(id, List.of()).stream()
                .filter(it -> it.position() == position)
                .forEach(it -> makers.delete(tx, it));
    }

    /// It is as it shall be. What is beyond that goes, the last one first; nothing waits for it. A
    /// deletion that was asked for meanwhile goes on.
    void running(Tx tx, Wanted wanted) {
        var deploy = table.rows.lock(tx, wanted.deploy());
        table.bring(tx, wanted, clock.instant());
        placed(tx, wanted.deploy()).reversed().stream()
                .filter(it -> it.resource().position() > wanted.replicas())
                .forEach(it -> makers.delete(tx, it.resource()));
        if (deploy.state() != State.DELETING) {
            mark(tx, deploy, State.RUNNING, "");
        }
    }

    /// Identifiers of those that run, and of which something is lost, a few.
    List<String> broken(Grant grant) {
        return database.read(grant, tx -> table.broken(tx, SWEEP));
    }

    /// Something of it was lost, and no run is to blame: whoever wants it back says so.
    void broken(Tx tx, String id) {
        var deploy = table.rows.lock(tx, id);
        var lost = placed(tx, id).stream()
                .filter(it -> it.resource().position() <= deploy.replicas())
                .map(Placed::part)
                .filter(it -> it.health() == Health.BROKEN || it.health() == Health.GONE)
                .map(Lifecycle::told).toList();
        if (deploy.state() == State.RUNNING && !lost.isEmpty()) {
            mark(tx, deploy, State.FAILED, String.join("; ", lost)
                    + ". Change the deploy, if only to what it is, to have that made anew.");
        }
    }

    private static String told(Part lost) {
        return lost.name() + (lost.health() == Health.GONE ? " was deleted"
                : " failed: " + lost.reason());
    }

    /// A run begins to delete it, unless it was asked for so.
    void deleting(Tx tx, String id, String run) {
        var deploy = table.rows.lock(tx, id);
        switch (deploy.state()) {
            case DELETING -> { }
            case DELETED -> throw new Problem.IllegalTransition(
                    Deploys.KIND, id, text(deploy.state()), "delete").raise();
            case PENDING, VALIDATING, DEPLOYING, RUNNING, UPDATING, FAILED -> {
                table.rows.begin(tx, id, State.DELETING, run, clock.instant());
                events.append(tx, event("deploy.deleting", deploy, ""));
            }
        }
    }

    void deleteFailed(Tx tx, String id) {
        var deploy = table.rows.lock(tx, id);
        mark(tx, deploy, State.FAILED, Optional.ofNullable(deploy.stateReason())
                .orElse("The deletion failed; its last run says why. Delete it again to go on."));
    }

    void deleted(Tx tx, String id) {
        var deploy = table.rows.lock(tx, id);
        table.delete(tx, id, clock.instant());
        events.append(tx, event("deploy.deleted", deploy, ""));
    }

    private void mark(Tx tx, Deploy deploy, State state, String reason) {
        table.rows.mark(tx, deploy.id(), state, reason, clock.instant());
        events.append(tx, event("deploy." + text(state), deploy, reason));
    }

    static String text(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /// @param reason a sentence for people; empty when there is nothing to say
    static NewEvent event(String type, Deploy about, String reason) {
        return new NewEvent(type, new Subject(Deploys.KIND, about.id()),
                Scope.project(about.organizationId(), about.projectId()),
                Map.of("name", about.name(), "region", about.region(), "reason", reason));
    }
}
