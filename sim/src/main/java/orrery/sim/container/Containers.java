package orrery.sim.container;

import com.pty4j.PtyProcessBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import orrery.sim.container.Sandbox.Where;

/// Starts sandboxed processes, where the host allows it, and ends them all when closed.
public final class Containers implements AutoCloseable {
    /// Most processes at one time, over all simulated clusters, beside those that hold pods.
    private static final int LIMIT = 512;

    private static final long START_SECONDS = 20;

    private final Path base;
    private final CompletableFuture<SandboxProbe.Found> found;
    private final Set<Process> removals = ConcurrentHashMap.newKeySet();
    private final Set<SandboxedProcess> running = ConcurrentHashMap.newKeySet();
    private final Set<SandboxedProcess> holders = ConcurrentHashMap.newKeySet();

    /// One thread starts every process and lives as long as this object: the kernel ties "dies
    /// with its parent" to the thread that started the process, not to the whole of us.
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("sandbox-starter").factory());

    private interface Probe {
        SandboxProbe.Found find() throws IOException;
    }

    private Containers(Path base, Probe probe) {
        this.base = base;
        this.found = CompletableFuture.supplyAsync(() -> {
            try {
                return probe.find();
            } catch (IOException broken) {
                throw new UncheckedIOException("cannot try sandboxes in " + base, broken);
            }
        }, starter);
    }

    /// Begins to find out which sandbox works here, by running one; who asks waits for it.
    ///
    /// @param base a folder of our own; every cell's files must lie under it
    public static Containers open(Path base) throws IOException {
        return open(base, HostPrograms.find("bwrap"));
    }

    static Containers open(Path base, Optional<Path> bubblewrap) throws IOException {
        var root = base.toAbsolutePath().normalize();
        return new Containers(root, SandboxProbe.of(root, bubblewrap)::find);
    }

    /// Runs nothing, whatever the host allows.
    public static Containers none(Path base) {
        return new Containers(base.toAbsolutePath().normalize(),
                () -> new SandboxProbe.Found.Forbidden(HostAdvice.SWITCHED_OFF, Optional.empty()));
    }

    /// What works here, or why nothing does, for the log and for people.
    public String describe() {
        return switch (found.join()) {
            case SandboxProbe.Found.Works works -> works.sandbox().describe();
            case SandboxProbe.Found.Forbidden forbidden -> forbidden.message();
        };
    }

    /// Why no process can run here and what to do about it; empty where one can, or as long as that
    /// is not known. Does not wait.
    public Optional<String> forbidden() {
        return found.getNow(null) instanceof SandboxProbe.Found.Forbidden forbidden
                ? Optional.of(forbidden.message()) : Optional.empty();
    }

    /// The folder under which every cell's files must lie.
    public Path base() {
        return base;
    }

    public boolean allowed() {
        return found.join() instanceof SandboxProbe.Found.Works;
    }

    /// Makes a cell's file system, once in its life.
    public void prepare(Cell cell, Map<String, String> environment, String directory)
            throws IOException {
        new CellRoot(found.join().owner()).make(cell, environment, directory);
    }

    /// Makes a folder under the base that sandboxed processes may write.
    public void folder(Path path) throws IOException {
        new CellRoot(found.join().owner()).folder(path);
    }

    /// Writes a file under the base that sandboxed processes may read.
    public void file(Path path, byte[] content) throws IOException {
        new CellRoot(found.join().owner()).file(path, content, "r--r--r--");
    }

    /// Removes a folder under the base with all that sandboxed processes put there. `rm` follows
    /// no link and takes any depth.
    public void remove(Path path) throws IOException {
        if (!path.startsWith(base) || path.equals(base)) {
            throw new IOException(path + " is not below " + base);
        }
        var removal = new ProcessBuilder("rm", "-rf", "--one-file-system", "--", path.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        removals.add(removal);
        removal.onExit().thenRun(() -> removals.remove(removal));
    }

    /// Makes what the processes of a pod share; empty where each can only be on its own.
    ///
    /// @param cell prepared, for the process that holds it; its relay is the pod's
    /// @throws IOException as [#start]
    public Optional<PodSandbox> pod(Cell cell) throws IOException {
        if (!(found.join() instanceof SandboxProbe.Found.Works works)
                || !works.sandbox().joins()) {
            return Optional.empty();
        }
        var holder = start(cell, PodSandbox.holding(), new Where.Holder());
        holders.add(holder);
        holder.exit().thenRun(() -> holders.remove(holder));
        return Optional.of(PodSandbox.ready(cell, holder));
    }

    /// Runs a command in a prepared cell, on its own.
    ///
    /// @throws IOException with a message for people when the host forbids it or too many run
    public SandboxedProcess start(Cell cell, Command command) throws IOException {
        return start(cell, command, new Where.Alone());
    }

    /// The same, in a pod, with a process list of its own.
    public SandboxedProcess start(Cell cell, Command command, PodSandbox pod) throws IOException {
        return start(cell, command, new Where.In(pod.holder()));
    }

    /// The same, in the process list that another process of the pod has made.
    ///
    /// @throws IOException also when that process has ended
    public SandboxedProcess start(Cell cell, Command command, PodSandbox pod,
            SandboxedProcess other) throws IOException {
        return start(cell, command, new Where.Beside(pod.holder(), other.first()));
    }

    /// A process whose input and output are a connection to a port of the pod's: it prints `+` when
    /// it has one, and ends with 111 when nobody listens there.
    public SandboxedProcess connect(PodSandbox pod, int port) throws IOException {
        return start(pod.cell(), pod.connecting(port), pod);
    }

    private SandboxedProcess start(Cell cell, Command command, Where where) throws IOException {
        if (running.size() - holders.size() >= LIMIT) {
            throw new IOException("too many sandboxed processes run (" + LIMIT
                    + "): stop some pods or sessions");
        }
        var line = switch (found.join()) {
            case SandboxProbe.Found.Forbidden forbidden ->
                    throw new IOException(forbidden.message());
            case SandboxProbe.Found.Works works -> works.sandbox().line(cell, command, where);
        };
        var started = starter.submit(() -> {
            var process = new SandboxedProcess(launch(base, line, command));
            running.add(process);
            process.exit().thenRun(() -> running.remove(process));
            return process;
        });
        try {
            return started.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while starting a process", stopped);
        } catch (ExecutionException | TimeoutException failed) {
            throw new IOException("cannot start a sandboxed process", failed);
        }
    }

    static Process launch(Path base, List<String> line, Command command) throws IOException {
        // Nothing of our environment goes in, and nothing of a pod's reaches the programs that
        // build its sandbox while they are still privileged (LD_PRELOAD).
        var environment = Map.of("PATH", HostPrograms.PATH, "LANG", "C.UTF-8");
        if (command.terminal().isPresent()) {
            var size = command.terminal().get();
            return new PtyProcessBuilder(line.toArray(String[]::new))
                    .setDirectory(base.toString())
                    .setEnvironment(new HashMap<>(environment))
                    .setInitialColumns(size.columns())
                    .setInitialRows(size.rows())
                    .start();
        }
        var builder = new ProcessBuilder(line).directory(base.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    @Override
    public void close() {
        starter.shutdown();
        running.forEach(SandboxedProcess::kill);
        try {
            // The folder is free to be moved or removed once this returns.
            starter.awaitTermination(START_SECONDS, TimeUnit.SECONDS);
            for (var removal : List.copyOf(removals)) {
                removal.waitFor(START_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
