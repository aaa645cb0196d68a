package orrery.server.infrastructure.machine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.kube.Kind;
import orrery.server.tenancy.region.Settles;

/// Brings what we say of servers and what their hosts say together: a host that is gone, one whose
/// controller does not answer, one that somebody changed. It changes no host: what is wrong with
/// one is for people to decide, since putting it back could wipe it.
@Singleton
final class SettleMachines implements Settles {
    private final Hosts hosts;
    private final Lifecycle lifecycle;
    private final Database database;
    private final Runs runs;

    SettleMachines(Hosts hosts, Lifecycle lifecycle, Database database, Runs runs) {
        this.hosts = hosts;
        this.lifecycle = lifecycle;
        this.database = database;
        this.runs = runs;
    }

    @Override
    public Kind kind() {
        return BareMetalHosts.HOST;
    }

    @Override
    public String label() {
        return BareMetalHosts.SERVER;
    }

    @Override
    public List<String> alive(Grant grant, String region) {
        return lifecycle.alive(grant, region);
    }

    @Override
    public Collection<String> news(Grant grant, Map<String, ObjectNode> objects) {
        return lifecycle.all(grant, objects.keySet()).stream()
                .filter(machine -> isNews(machine, Host.of(objects.get(machine.id()))))
                .map(Machine::id).toList();
    }

    private static boolean isNews(Machine machine, Host host) {
        return Verdict.of(machine, host).filter(it -> it.isNews(machine, host)).isPresent();
    }

    /// None: the server behind a host may be another's by now, and deleting that wipes it.
    @Override
    public Map<String, Instant> over(Grant grant, String region, Collection<String> ids) {
        return Map.of();
    }

    @Override
    public boolean look(Grant grant, String id) {
        // A label may say what never was ours.
        for (var machine : lifecycle.all(grant, List.of(id))) {
            return look(grant, machine);
        }
        return true;
    }

    private boolean look(Grant grant, Machine machine) {
        return switch (machine.state()) {
            case AVAILABLE, ALLOCATED, READY, MAINTENANCE -> compare(grant, machine);
            case REGISTERING, REGISTERED, INSPECTING, PROVISIONING, DEPROVISIONING -> false;
            case FAILED, DECOMMISSIONING, DECOMMISSIONED -> true;
        };
    }

    private boolean compare(Grant grant, Machine machine) {
        var host = hosts.find(grant, machine).orElse(null);
        return Verdict.of(machine, host).map(verdict -> database.tx(grant, tx -> {
            var now = lifecycle.lock(tx, machine.id());
            if (now.version() != machine.version() || isChanging(tx, now)) {
                return false;
            }
            lifecycle.settled(tx, now, verdict, host);
            return true;
        })).orElse(true);
    }

    /// Whether a run is at work that leaves its state as it is, such as one about its power.
    private boolean isChanging(Tx tx, Machine machine) {
        return machine.runId() != null && !runs.get(tx, machine.runId()).status().isOver();
    }
}
