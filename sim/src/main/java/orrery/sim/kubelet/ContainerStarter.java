package orrery.sim.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Optional;
import orrery.sim.container.Command;
import orrery.sim.container.Containers;
import orrery.sim.container.SandboxedProcess;
import orrery.sim.kubelet.ContainerRun.State;
import orrery.sim.store.Item;

/// Starts containers that do something and notes how they end.
final class ContainerStarter {
    private final Containers containers;
    private final PodFiles files;
    private final PodSandboxes sandboxes;
    private final Clock clock;

    ContainerStarter(Containers containers, PodFiles files, PodSandboxes sandboxes,
            Clock clock) {
        this.containers = containers;
        this.files = files;
        this.sandboxes = sandboxes;
        this.clock = clock;
    }

    /// Starts a container; its state says afterwards how that went.
    ///
    /// @param changed run when the container ends by itself
    void start(PodRun pod, Item item, JsonNode container, ContainerRun run, Runnable changed)
            throws IOException {
        var now = clock.instant();
        run.state = switch (PodPlan.behaviour(item, container, containers)) {
            case Behaviour.StandIn s -> new State.Running(now, null, null, 0);
            case Behaviour.Idle i -> new State.Running(now, null, null, 0);
            case Behaviour.Echo e -> new State.Running(now, null, null, 0);
            case Behaviour.End end -> new State.Running(now, null, now.plus(end.after()),
                    end.code());
            case Behaviour.NotRun not -> new State.Running(now, null,
                    not.ends().map(now::plus).orElse(null), 0);
            case Behaviour.Run real -> new State.Running(now,
                    process(pod, item, container, run, real, changed), null, 0);
        };
    }

    private SandboxedProcess process(PodRun pod, Item item, JsonNode container, ContainerRun run,
            Behaviour.Run real, Runnable changed) throws IOException {
        var name = container.path("name").asText();
        var cell = files.cell(pod, item, container, run.restarts);
        forget(pod, item, name, run.restarts);
        var variables = files.variables(pod.cluster, item, container);
        var line = real.line().stream().map(w -> Environment.expand(w, variables)).toList();
        var log = new ContainerLog(files.log(pod.home, item, name, run.restarts), clock);
        run.log = log;
        var process = sandboxes.container(pod, item, cell,
                new Command(line, PodFiles.directory(container), terminal(container)));
        if (!container.path("stdin").asBoolean()) {
            process.input().close();
        }
        var output = follow(process.output(), log);
        var errors = follow(process.errors(), log);
        process.exit().thenAccept(code -> Thread.ofVirtual().start(() -> {
            join(output);
            join(errors);
            log.close();
            synchronized (pod) {
                run.ended(clock.instant(), code, "");
            }
            changed.run();
        }));
        return process;
    }

    private static Optional<Command.Terminal> terminal(JsonNode container) {
        return container.path("tty").asBoolean() ? Optional.of(Command.Terminal.DEFAULT)
                : Optional.empty();
    }

    /// The files of a start are kept for one more, so that `logs --previous` has something.
    private void forget(PodRun pod, Item item, String name, int restarts) throws IOException {
        if (restarts > 0) {
            containers.remove(files.start(pod.home, item, name, restarts - 1));
        }
        if (restarts > 1) {
            Files.deleteIfExists(files.log(pod.home, item, name, restarts - 2));
        }
    }

    private static Thread follow(InputStream stream, ContainerLog log) {
        return Thread.ofPlatform().daemon().name("container-log").start(() -> {
            try (stream) {
                log.copy(stream);
            } catch (IOException broken) {
                System.getLogger(ContainerStarter.class.getName()).log(
                        System.Logger.Level.DEBUG, "a container's log ended", broken);
            }
        });
    }

    private static void join(Thread thread) {
        try {
            thread.join(2000);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
