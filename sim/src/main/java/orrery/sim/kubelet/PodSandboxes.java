package orrery.sim.kubelet;

import java.io.IOException;
import java.util.Optional;
import orrery.sim.container.Cell;
import orrery.sim.container.Command;
import orrery.sim.container.Containers;
import orrery.sim.container.PodSandbox;
import orrery.sim.container.SandboxedProcess;
import orrery.sim.store.Item;

/// Starts the processes of pods, each in the namespaces of its pod where the host allows that,
/// else on its own.
final class PodSandboxes {
    private final Containers containers;
    private final PodFiles files;

    PodSandboxes(Containers containers, PodFiles files) {
        this.containers = containers;
        this.files = files;
    }

    /// Starts a container's own command.
    SandboxedProcess container(PodRun run, Item pod, Cell cell, Command command)
            throws IOException {
        var shared = shared(run, pod);
        return shared.isPresent() ? containers.start(cell, command, shared.get())
                : containers.start(cell, command);
    }

    /// Starts a command beside a container's own, if that runs.
    SandboxedProcess session(PodRun run, Item pod, Cell cell, Command command, String container)
            throws IOException {
        var shared = shared(run, pod);
        var own = run.process(container);
        var process = shared.isEmpty() ? containers.start(cell, command)
                : own.isEmpty() ? containers.start(cell, command, shared.get())
                : containers.start(cell, command, shared.get(), own.get());
        run.session(process);
        return process;
    }

    /// Connects to a port of a pod in which something runs.
    SandboxedProcess connection(PodRun run, int port) throws IOException {
        var process = containers.connect(run.sandbox().orElseThrow(
                () -> new IOException("pod " + run.key.name() + " has ended")), port);
        run.session(process);
        return process;
    }

    private Optional<PodSandbox> shared(PodRun run, Item pod) throws IOException {
        synchronized (run.files) {
            var there = run.sandbox();
            if (there.isPresent()) {
                return there;
            }
            var made = containers.pod(files.podCell(run, pod));
            if (made.isPresent()) {
                run.hold(made.get());
            }
            return made;
        }
    }
}
