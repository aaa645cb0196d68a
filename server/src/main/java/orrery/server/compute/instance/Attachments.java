package orrery.server.compute.instance;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.http.Deleted;
import orrery.server.compute.instance.Instance.State;
import orrery.server.compute.storage.Volume;
import orrery.server.compute.storage.Volumes;
import orrery.server.platform.catalogue.InstanceType;

/// Which machine has which volumes. A volume is given and taken by a run of the machine, so that
/// nothing else changes that meanwhile.
@Singleton
public final class Attachments {
    private static final int MOST = 16;
    private static final Set<State> TAKING = Set.of(State.RUNNING, State.TERMINATED);
    private static final Set<State> GIVING =
            Set.of(State.RUNNING, State.TERMINATED, State.REPAIRING, State.FAILED);

    private final InstanceTable table = new InstanceTable();
    private final Database database;
    private final Volumes volumes;
    private final Runs runs;

    public Attachments(Database database, Volumes volumes, Runs runs) {
        this.database = database;
        this.volumes = volumes;
        this.runs = runs;
    }

    /// Gives a volume to a machine of its project and region by a run.
    ///
    /// @param region code; `global` for any
    /// @param instance the machine's identifier or name
    /// @param expected the volume's version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Unprocessable] for another place's machine,
    ///     [Problem.IllegalTransition] in a state of either that does not allow it,
    ///     [Problem.Conflict] while another run changes one of them
    public Volumes.Accepted attach(Grant grant, String region, String idOrName, String instance,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var volume = volumes.find(tx, grant.scope(), region, idOrName, Deleted.HIDDEN);
            var machine = table.rows
                    .findLocked(tx, volume.projectId(), volume.region(), instance)
                    .orElseThrow(() -> unprocessable("is no instance of this project in region "
                            + volume.region()));
            if (machine.kind() == InstanceType.Kind.BAREMETAL) {
                throw unprocessable("is of bare metal; volumes are for virtual machines");
            }
            if (isElsewhere(volume, machine)) {
                throw unprocessable("is in zone " + machine.zone() + "; the volume is in "
                        + volume.zone());
            }
            return begin(tx, volumes.lock(tx, grant.scope(), region, volume.id(), expected),
                    machine, true);
        });
    }

    /// Takes a volume from the machine that has it by a run.
    ///
    /// @param region code; `global` for any
    /// @param expected the volume's version that the caller knows, if it cares
    /// @throws Problem.Failure as [#attach]
    public Volumes.Accepted detach(
            Grant grant, String region, String idOrName, OptionalLong expected) {
        return database.tx(grant, tx -> {
            var seen = volumes.find(tx, grant.scope(), region, idOrName, Deleted.HIDDEN);
            var machine = seen.instanceId() == null ? null
                    : table.rows.lock(tx, seen.instanceId());
            var volume = volumes.lock(tx, grant.scope(), region, seen.id(), expected);
            if (machine == null || !machine.id().equals(volume.instanceId())) {
                throw new Problem.IllegalTransition(
                        "volume", volume.id(), volume.state().text(), "be detached").raise();
            }
            return begin(tx, volume, machine, false);
        });
    }

    private Volumes.Accepted begin(Tx tx, Volume volume, Instance machine, boolean isGiven) {
        verify(machine, isGiven);
        var input = new PlugVolume.Input(volume.id(), machine.id(), isGiven);
        var run = runs.start(tx, PlugVolume.TYPE, input, Lifecycle.subject(machine.id()));
        change(tx, volume, machine, isGiven, run);
        return new Volumes.Accepted(volumes.find(tx, machine.project(), machine.region(),
                volume.id(), Deleted.HIDDEN), runs.get(tx, run));
    }

    private static void verify(Instance machine, boolean isGiven) {
        if (!(isGiven ? TAKING : GIVING).contains(machine.state())) {
            throw new Problem.IllegalTransition(Instances.KIND, machine.id(),
                    InstanceEvents.text(machine.state()),
                    isGiven ? "take a volume" : "give a volume back").raise();
        }
        if (isGiven && machine.volumes().size() >= MOST) {
            throw new Problem.QuotaExceeded(
                    "volumes of instance " + machine.id(), MOST, MOST + 1).raise();
        }
    }

    private void change(Tx tx, Volume volume, Instance machine, boolean isGiven, String run) {
        table.begin(tx, machine.id(), run);
        if (isGiven) {
            volumes.attach(tx, volume, machine.id(), run);
        } else {
            volumes.detaching(tx, volume, run);
        }
    }

    /// A run begins to give a volume or to take it, unless it was asked for so.
    void begin(Tx tx, PlugVolume.Input in, String run) {
        var machine = table.rows.lock(tx, in.instance());
        if (!run.equals(machine.runId())) {
            verify(machine, in.attach());
            change(tx, volumes.lock(tx, machine.project(), machine.region(), in.volume(),
                    OptionalLong.empty()), machine, in.attach(), run);
        }
    }

    /// A machine does not have a volume any more.
    void left(Tx tx, PlugVolume.Input in) {
        table.rows.lock(tx, in.instance());
        volumes.left(tx, in.volume(), in.instance());
    }

    /// Gives a new machine the volumes among the disks that it was asked for with.
    ///
    /// @param mistakes grows by what cannot be; whoever finds some takes everything back
    void take(Tx tx, Instance machine, List<NewInstance.Disk> asked, String run,
            List<Mistake> mistakes) {
        for (int i = 0; i < asked.size(); i++) {
            if (asked.get(i).isVolume()) {
                var wrong = take(tx, machine, String.valueOf(asked.get(i).source()), run);
                if (!wrong.isEmpty()) {
                    mistakes.add(new Mistake("disks[" + i + "].source", wrong));
                }
            }
        }
    }

    /// @return what is wrong with the volume; empty when all is well
    private String take(Tx tx, Instance machine, String source, String run) {
        var place = "/v1/regions/" + machine.region() + "/projects/" + machine.projectId();
        var found = Reference.in("compute/storage", source).filter(it -> it.isBelow(place))
                .flatMap(it -> volumes.seek(tx, machine.project(), machine.region(), it.key()));
        if (found.isEmpty()) {
            return "is no volume of this project in region " + machine.region();
        }
        var volume = found.get();
        if (isElsewhere(volume, machine)) {
            return "is in zone " + volume.zone() + "; the instance is in " + machine.zone();
        }
        if (volume.state() != Volume.State.AVAILABLE) {
            return "is " + volume.state().text() + ": it must be available";
        }
        volumes.attach(tx, volume, machine.id(), run);
        return "";
    }

    private static boolean isElsewhere(Volume volume, Instance machine) {
        return volume.zone() != null && !volume.zone().equals(machine.zone());
    }

    private static Problem.Failure unprocessable(String message) {
        return new Problem.Unprocessable(List.of(new Mistake("instanceId", message))).raise();
    }
}
