package orrery.server.infrastructure.machine;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.secret.Sealing;
import orrery.kit.secret.Secret;
import orrery.server.infrastructure.machine.LogEntry.Severity;
import orrery.server.infrastructure.machine.Machine.Health;
import orrery.server.infrastructure.machine.Machine.State;
import org.jspecify.annotations.Nullable;

/// The steps of a server's life, as sagas and loops record them: row, event and log together.
@Singleton
final class Lifecycle {
    private final MachineTable table = new MachineTable();
    private final LogTable log = new LogTable();
    private final Database database;
    private final Sealing sealing;
    private final Events events;
    private final Ids ids;
    private final Clock clock;

    Lifecycle(Database database, Sealing sealing, Events events, Ids ids, Clock clock) {
        this.database = database;
        this.sealing = sealing;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    Machine get(Grant grant, String id) {
        return database.read(grant, tx -> get(tx, id));
    }

    Machine get(Tx tx, String id) {
        return table.rows.get(tx, id);
    }

    List<String> alive(Grant grant, String region) {
        return database.read(grant, tx -> table.alive(tx, region));
    }

    List<Machine> all(Grant grant, Collection<String> ids) {
        return database.read(grant, tx -> table.rows.all(tx, ids));
    }

    /// How its controller lets Metal3 in. It goes to the management cluster and nowhere else.
    NewMachine.Login login(Grant grant, String id) {
        return database.read(grant, tx -> table.rows.sealed(tx, id, Machines.SEALED))
                .map(sealed -> sealing.open(sealed, Machines.SEALED.at(id)))
                .map(text -> Json.read(text, Stored.class).login())
                .orElseThrow(() -> new Problem.NotFound(Machines.KIND, id).raise());
    }

    /// A login as it is sealed.
    record Stored(String username, String password) {
        static String text(NewMachine.Login login) {
            return Json.write(new Stored(login.username(), login.password().reveal()));
        }

        NewMachine.Login login() {
            return new NewMachine.Login(username, Secret.of(password));
        }

        @Override
        public String toString() {
            return "Stored[***]";
        }
    }

    /// A run begins to change it.
    void begin(Tx tx, String id, Change change) {
        var machine = table.rows.lock(tx, id);
        if (!change.mayBegin(machine)) {
            throw illegal(machine, change);
        }
        mark(tx, machine, change.meanwhile(machine.state()), "", Severity.INFO,
                change.text() + " begins");
    }

    static Problem.Failure illegal(Machine machine, Change change) {
        return new Problem.IllegalTransition(Machines.KIND, machine.id(),
                MachineEvents.text(machine.state()), change.text()).raise();
    }

    /// It is one state further.
    void passes(Tx tx, String id, State state) {
        mark(tx, table.rows.lock(tx, id), state, "", Severity.INFO,
                "it is " + MachineEvents.text(state));
    }

    /// Its host is as it is wanted now.
    void rests(Tx tx, String id, Machine.Wanted wanted, Host seen) {
        var machine = table.rows.lock(tx, id);
        table.want(tx, id, wanted, clock.instant());
        table.check(tx, id, Health.HEALTHY, List.of(), seen, clock.instant());
        var state = machine.resting(wanted);
        mark(tx, machine, state, "", Severity.INFO, "it is " + MachineEvents.text(state));
    }

    /// Metal3 is let in so from now on.
    void connected(Tx tx, String id, Controller to, Host seen) {
        var machine = table.rows.lock(tx, id);
        table.connect(tx, id, to, to.login() == null ? null : sealing.seal(
                Stored.text(to.login()), Machines.SEALED.at(id)), clock.instant());
        table.check(tx, id, Health.HEALTHY, List.of(), seen, clock.instant());
        mark(tx, machine, machine.state(), "", Severity.INFO,
                "its management controller is reached otherwise");
    }

    /// A change was taken back, and the server is none the worse for it.
    void unchanged(Tx tx, String id, String reason) {
        var machine = table.rows.lock(tx, id);
        if (machine.state().isSettled()) {
            mark(tx, machine, machine.state(), reason, Severity.WARNING, reason);
        }
    }

    /// A change was taken back. A decommissioning that was asked for meanwhile goes on.
    void failed(Tx tx, String id, String reason) {
        var machine = table.rows.lock(tx, id);
        switch (machine.state()) {
            case DECOMMISSIONING, DECOMMISSIONED -> { }
            case REGISTERING, REGISTERED, INSPECTING, AVAILABLE, ALLOCATED, PROVISIONING, READY,
                    DEPROVISIONING, MAINTENANCE, FAILED -> fail(tx, machine, reason);
        }
    }

    /// It goes; also when its run is repeated after it failed.
    void decommissioning(Tx tx, String id) {
        var machine = table.rows.lock(tx, id);
        if (machine.allocationId() != null) {
            throw new Problem.InUse(
                    Machines.KIND, id, List.of(machine.allocationId())).raise();
        }
        Machines.verifyUnheld(machine);
        mark(tx, machine, State.DECOMMISSIONING, "", Severity.INFO, "decommissioning begins");
    }

    void decommissionFailed(Tx tx, String id) {
        fail(tx, table.rows.lock(tx, id),
                "It could not be decommissioned; its last run says why. Delete it again.");
    }

    private void fail(Tx tx, Machine machine, String reason) {
        table.check(tx, machine.id(), Health.FAILED, List.of(reason), null, clock.instant());
        mark(tx, machine, State.FAILED, reason, Severity.ERROR, reason);
    }

    void decommissioned(Tx tx, String id) {
        var machine = table.rows.lock(tx, id);
        table.delete(tx, id, clock.instant());
        say(tx, id, Severity.INFO, "it is decommissioned");
        events.append(tx, MachineEvents.of("decommissioned", machine, ""));
    }

    /// What the settling loop found of a server that is at rest and that it has locked.
    ///
    /// @param host `null` when it is gone
    void settled(Tx tx, Machine machine, Verdict verdict, @Nullable Host host) {
        if (!verdict.isNews(machine, host)) {
            return;
        }
        table.check(tx, machine.id(), verdict.health(), verdict.reasons(), host, clock.instant());
        var reason = String.join(" ", verdict.reasons());
        var severity = switch (verdict.health()) {
            case HEALTHY -> Severity.INFO;
            case DEGRADED -> Severity.WARNING;
            case FAILED -> Severity.ERROR;
        };
        if (verdict.health() == Health.FAILED) {
            mark(tx, machine, State.FAILED, reason, severity, reason);
        } else if (verdict.health() != machine.health()
                || !verdict.reasons().equals(machine.failureReasons())) {
            say(tx, machine.id(), severity, reason.isEmpty() ? "it is healthy again" : reason);
            events.append(tx, MachineEvents.of(
                    MachineEvents.text(verdict.health()), machine, reason));
        }
    }

    /// It, and nobody else changes it until the transaction ends.
    Machine lock(Tx tx, String id) {
        return table.rows.lock(tx, id);
    }

    /// Adds to its log.
    void note(Grant grant, String id, Severity severity, String text) {
        database.write(grant, tx -> say(tx, id, severity, text));
    }

    private void say(Tx tx, String id, Severity severity, String text) {
        log.add(tx, id, new LogEntry(ids.next("log"), severity, text, clock.instant()));
    }

    private void mark(Tx tx, Machine machine, State state, String reason, Severity severity,
            String text) {
        table.rows.mark(tx, machine.id(), state, reason, clock.instant());
        say(tx, machine.id(), severity, text);
        if (state != machine.state()) {
            events.append(tx, MachineEvents.of(MachineEvents.text(state), machine, reason));
        }
    }
}
