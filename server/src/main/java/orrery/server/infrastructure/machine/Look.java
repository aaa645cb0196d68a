package orrery.server.infrastructure.machine;

import java.time.Instant;
import java.util.Optional;
import orrery.kit.Problem;
import orrery.kit.durable.Steps;
import orrery.kit.kube.KubeFailure;
import orrery.server.infrastructure.machine.LogEntry.Severity;

/// What a saga sees of its server's host, told to people as progress and kept in the server's log.
final class Look {
    private final Steps steps;
    private final Looks looks;
    private final String id;
    private String said = "";

    Look(Steps steps, Looks looks, String id) {
        this.steps = steps;
        this.looks = looks;
        this.id = id;
    }

    /// When a run could first look: what failed before that is not its own, however long the
    /// region was away.
    record Begun(Instant at) {}

    Machine machine() {
        return looks.lifecycle().get(steps.grant(), id);
    }

    /// When the management cluster answers. Everything waits until it does.
    Optional<Begun> answers() {
        return asking(() -> {
            looks.hosts().view(steps.grant(), machine().region()).version();
            return Optional.of(new Begun(looks.clock().instant()));
        });
    }

    /// Whether no host of this name is on its way out.
    boolean noneLeaving() {
        return asking(() -> {
            boolean leaving = find().filter(Host::isLeaving).isPresent();
            if (leaving) {
                say("waiting for an earlier host to be gone", Severity.INFO);
            }
            return leaving ? Optional.<Boolean>empty() : Optional.of(true);
        }).isPresent();
    }

    /// Whether Metal3 knows the host.
    boolean registered(Begun begun) {
        return asking(() -> {
            var host = present(machine(), begun);
            return host.isRegistered() && !host.isFailed()
                    ? Optional.of(true) : Optional.<Boolean>empty();
        }).isPresent();
    }

    /// Makes sure that there is a host: describing one that is gone would make it, and so wipe what
    /// is installed.
    ///
    /// @throws Problem.Failure [Problem.Conflict]
    void verifyThere() {
        find().filter(host -> !host.isLeaving()).orElseThrow(this::lost);
    }

    private Problem.Failure lost() {
        return new Problem.Conflict(Machines.KIND, id,
                "has lost its BareMetalHost: somebody deleted it").raise();
    }

    /// Whether the power is off.
    boolean off(Begun begun) {
        return asking(() -> present(machine(), begun).poweredOn()
                ? Optional.<Boolean>empty() : Optional.of(true)).isPresent();
    }

    /// The host once it is as wanted.
    Optional<Host> is(Machine.Wanted wanted, Begun begun) {
        return asking(() -> {
            var machine = machine();
            var host = present(machine, begun);
            verifyOurs(host, machine, wanted);
            return Optional.of(host).filter(it -> it.isAs(wanted));
        });
    }

    /// The host once Metal3 has been let in by the login that it has now. While Metal3 leaves the
    /// host alone it does not try.
    Optional<Host> letIn(Controller by, Begun begun) {
        return asking(() -> {
            var machine = machine().reached(by);
            var host = present(machine, begun);
            verifyOurs(host, machine, machine.wanted());
            var login = looks.hosts().loginVersion(steps.grant(), machine).orElse("");
            return Optional.of(host).filter(it -> it.isAs(machine.wanted())
                    && (machine.wanted().maintenance() || it.triedLogin().equals(login)));
        });
    }

    private void verifyOurs(Host host, Machine machine, Machine.Wanted wanted) {
        var changes = host.changes(machine, wanted);
        if (!changes.isEmpty()) {
            throw new Problem.Conflict(Machines.KIND, id, "was changed by somebody else: "
                    + String.join(", ", changes) + " of its BareMetalHost").raise();
        }
    }

    /// Whether the host is gone.
    boolean gone() {
        return asking(() -> {
            var host = find();
            host.ifPresent(this::say);
            return host.isEmpty() ? Optional.of(true) : Optional.<Boolean>empty();
        }).isPresent();
    }

    /// @throws Problem.Failure [Problem.Conflict] when somebody deleted it, [Problem.Broken] when
    ///     Metal3 says for a while that it failed
    private Host present(Machine machine, Begun begun) {
        var host = looks.hosts().find(steps.grant(), machine)
                .filter(there -> !there.isLeaving()).orElseThrow(this::lost);
        say(host);
        if (host.isFailed() && isOld(host, begun)) {
            throw new Problem.Broken(host.code(), Machines.KIND, id, host.text()).raise();
        }
        return host;
    }

    private boolean isOld(Host host, Begun begun) {
        var since = host.since() == null || host.since().isBefore(begun.at())
                ? begun.at() : host.since();
        return !since.plus(looks.patience().time()).isAfter(looks.clock().instant());
    }

    private Optional<Host> find() {
        return looks.hosts().find(steps.grant(), machine());
    }

    private interface Question<T> {
        Optional<T> ask();
    }

    private <T> Optional<T> asking(Question<T> question) {
        try {
            return question.ask();
        } catch (KubeFailure failure) {
            if (failure.isAway()) {
                looks.lifecycle().note(
                        steps.grant(), id, Severity.WARNING, failure.inShort());
            }
            throw failure;
        }
    }

    private void say(Host host) {
        say(host.text(), host.isFailed() ? Severity.WARNING : Severity.INFO);
    }

    private void say(String text, Severity severity) {
        if (!text.equals(said)) {
            said = text;
            steps.progress(text);
            looks.lifecycle().note(steps.grant(), id, severity, text);
        }
    }
}
