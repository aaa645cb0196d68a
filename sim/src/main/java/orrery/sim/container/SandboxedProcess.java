package orrery.sim.container;

import com.pty4j.PtyProcess;
import com.pty4j.WinSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A process that runs in a sandbox. Its streams are the operating system's own pipes (or its
/// terminal), so a reader that stops reading stops the writer: nothing is buffered here.
public final class SandboxedProcess {
    private static final long PAGE = 4096;
    private static final long FIRST_NANOS = 20_000_000_000L;
    private static final long LOOK_NANOS = 2_000_000;

    private final Process process;

    SandboxedProcess(Process process) {
        this.process = process;
    }

    public OutputStream input() {
        return process.getOutputStream();
    }

    public InputStream output() {
        return process.getInputStream();
    }

    /// Standard error; empty when the process has a terminal, which shows it with the output.
    public InputStream errors() {
        return process instanceof PtyProcess ? InputStream.nullInputStream()
                : process.getErrorStream();
    }

    /// Tells the process of a new size of its terminal; without a terminal nothing happens.
    public void resize(Command.Terminal size) {
        if (process instanceof PtyProcess pty && pty.isAlive()) {
            pty.setWinSize(new WinSize(size.columns(), size.rows()));
        }
    }

    /// Completes with the exit code; 128 and the signal's number when a signal ended it.
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /// The first process of the process list that this one made, as the host numbers it. Waits
    /// until there is one.
    long first() throws IOException {
        long end = System.nanoTime() + FIRST_NANOS;
        while (isAlive() && System.nanoTime() < end) {
            var found = children().filter(child -> !list(child.pid()).equals(list(null)))
                    .findFirst();
            if (found.isPresent()) {
                return found.get().pid();
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        throw new IOException("its process has ended, or did not begin in time");
    }

    /// The name of a process's list; of our own for null, and for one that is gone meanwhile.
    private static String list(Long pid) {
        var path = Path.of("/proc", pid == null ? "self" : pid.toString(), "ns", "pid");
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException gone) {
            return list(null);
        }
    }

    /// Asks the command to stop (SIGTERM). The signal goes to the command itself, the child of
    /// the sandbox's first process, which is the child of the process we started.
    public void terminate() {
        children().flatMap(ProcessHandle::children).forEach(ProcessHandle::destroy);
    }

    /// Ends the sandbox and everything in it at once. First the process that we started: older
    /// versions of `unshare` exit with 1 when they live to see their child killed.
    public void kill() {
        var inside = handle().flatMap(ProcessHandle::descendants).toList();
        process.destroyForcibly();
        inside.forEach(ProcessHandle::destroyForcibly);
    }

    /// What it and everything in its sandbox use.
    public Load load() {
        var processor = Duration.ZERO;
        long memory = 0;
        for (var one : (Iterable<ProcessHandle>) Stream.concat(
                handle(), handle().flatMap(ProcessHandle::descendants))::iterator) {
            processor = processor.plus(one.info().totalCpuDuration().orElse(Duration.ZERO));
            memory += resident(one.pid());
        }
        return new Load(processor, memory);
    }

    /// @param processor time spent so far
    /// @param memory    resident bytes
    public record Load(Duration processor, long memory) {}

    private static long resident(long pid) {
        try {
            var pages = Files.readString(Path.of("/proc", Long.toString(pid), "statm"));
            return Long.parseLong(pages.split(" ")[1]) * PAGE;
        } catch (IOException gone) {
            // It ended meanwhile: it holds nothing.
            return 0;
        }
    }

    private Stream<ProcessHandle> children() {
        return handle().flatMap(ProcessHandle::children);
    }

    /// Asked of the system: a process with a terminal does not know its own.
    private Stream<ProcessHandle> handle() {
        return ProcessHandle.of(process.pid()).stream();
    }
}
