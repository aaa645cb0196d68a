package orrery.server.compute.instance;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import orrery.kit.Problem;
import orrery.kit.durable.Steps;
import orrery.server.compute.instance.Machine.Verdict;
import orrery.server.compute.storage.Volume;

/// What a saga sees of its machine on the management cluster, told to people as progress.
final class Look {
    /// A failure younger than this may be one that KubeVirt gets over by itself.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Steps steps;
    private final Lifecycle lifecycle;
    private final Management management;
    private final Clock clock;
    private final String id;
    private String said = "";

    Look(Steps steps, Lifecycle lifecycle, Management management, Clock clock, String id) {
        this.steps = steps;
        this.lifecycle = lifecycle;
        this.management = management;
        this.clock = clock;
        this.id = id;
    }

    Instance instance() {
        return lifecycle.get(steps.grant(), id);
    }

    /// Whether the management cluster answers. Everything waits until it does.
    boolean answers() {
        return !management.view(steps.grant(), instance().region()).version().isEmpty();
    }

    /// Whether no VirtualMachine of this name is on its way out.
    boolean noneLeaving() {
        var leaving = find().filter(it -> it.verdict() == Verdict.LEAVING).isPresent();
        if (leaving) {
            say("waiting for an earlier machine to be gone");
        }
        return !leaving;
    }

    /// Whether an instance was made of it, so that only its start is left.
    boolean isMade() {
        return is(true, machine -> machine.created() || machine.verdict() == Verdict.RUNNING);
    }

    boolean isAt(Verdict wanted) {
        return is(wanted != Verdict.STOPPED, machine -> machine.verdict() == wanted);
    }

    /// @param on whether it is described as one that is on
    /// @throws Problem.Failure [Problem.Conflict] when it cannot become so
    private boolean is(boolean on, Predicate<Machine> wanted) {
        var machine = find().orElseThrow(
                () -> conflict("somebody deleted its VirtualMachine"));
        say(machine.text());
        if (machine.halted() == on) {
            throw conflict("somebody " + (on ? "stopped" : "started") + " it meanwhile");
        }
        boolean isThere = wanted.test(machine);
        if (!isThere && !mayPass(machine)) {
            throw conflict(machine.text());
        }
        return isThere;
    }

    private boolean mayPass(Machine machine) {
        return switch (machine.verdict()) {
            case LEAVING -> false;
            case BROKEN, STOPPED -> machine.since() != null
                    && machine.since().plus(PATIENCE).isAfter(clock.instant());
            case RUNNING, PAUSED, STARTING, STOPPING -> true;
        };
    }

    Problem.Failure conflict(String cause) {
        return new Problem.Conflict(Instances.KIND, id, cause).raise();
    }

    boolean isGone() {
        return find().isEmpty();
    }

    /// Whether it has a volume by now; one that is off has what it is described with.
    ///
    /// @throws Problem.Failure [Problem.Conflict] when there is nothing that it could get
    boolean hasVolume(String volume) {
        var machine = find().orElseThrow(() -> conflict("somebody deleted its VirtualMachine"));
        var running = management.running(steps.grant(), instance());
        var phase = running.flatMap(it -> phase(it, volume));
        say("the volume is " + phase.orElse("not there yet"));
        if (phase.filter("Ready"::equals).isPresent()) {
            return true;
        }
        if (!management.hasClaim(steps.grant(), instance(), volume)) {
            throw conflict("somebody deleted the PersistentVolumeClaim of volume " + volume);
        }
        return running.isEmpty() && machine.halted();
    }

    /// Whether it has let go of a volume; one that is gone or off holds none.
    boolean hasNoVolume(String volume) {
        return management.running(steps.grant(), instance())
                .flatMap(it -> phase(it, volume)).isEmpty();
    }

    private static Optional<String> phase(JsonNode running, String volume) {
        return running.at("/status/volumeStatus").valueStream()
                .filter(it -> it.path("name").asText().equals(Volume.claim(volume)))
                .map(it -> it.path("phase").asText()).findFirst();
    }

    /// What it says now; empty when there is none.
    Optional<Machine> find() {
        return management.machine(steps.grant(), instance()).map(Machine::of);
    }

    private void say(String text) {
        if (!text.equals(said)) {
            said = text;
            steps.progress(text);
        }
    }
}
