package orrery.sim.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import orrery.sim.container.Sandbox.Where;

/// Finds a sandbox that works on this host by running a command in each in turn.
final class SandboxProbe {
    /// The user that sandboxes drop to when we are root: one that owns nothing on a usual host.
    static final int UNPRIVILEGED = 64_999;

    private static final int SECONDS = 20;

    /// What the probe found.
    sealed interface Found {
        /// The user on the host that owns the cells' files; empty when it is our own.
        Optional<Integer> owner();

        record Works(Sandbox sandbox, Optional<Integer> owner) implements Found {}

        record Forbidden(String message, Optional<Integer> owner) implements Found {}
    }

    private final Path base;
    private final Optional<Integer> dropTo;
    private final Optional<Path> bubblewrap;

    private SandboxProbe(Path base, Optional<Integer> dropTo, Optional<Path> bubblewrap) {
        this.base = base;
        this.dropTo = dropTo;
        this.bubblewrap = bubblewrap;
    }

    /// @param bubblewrap where bwrap is, if installed
    static SandboxProbe of(Path base, Optional<Path> bubblewrap) throws IOException {
        Optional<Integer> dropTo = uid() == 0 ? Optional.of(UNPRIVILEGED) : Optional.empty();
        return new SandboxProbe(base, dropTo, bubblewrap);
    }

    /// Our own user id; no other way to ask works without native code. Where there is no /proc
    /// there is no sandbox either.
    private static int uid() throws IOException {
        var self = Path.of("/proc/self");
        return Files.exists(self) ? (Integer) Files.getAttribute(self, "unix:uid") : -1;
    }

    Found find() throws IOException {
        if (!System.getProperty("os.name").equals("Linux")) {
            return new Found.Forbidden(
                    "exec needs Linux: this host has no sandbox for simulated pods", dropTo);
        }
        Files.createDirectories(base);
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx--x--x"));
        var place = new Sandbox.Place(base, dropTo, filter());
        var failures = new ArrayList<String>();
        for (var sandbox : candidates(place)) {
            var failure = run(sandbox);
            if (failure.isEmpty()) {
                return new Found.Works(sandbox, dropTo);
            }
            failures.add(failure.get());
        }
        return new Found.Forbidden(HostAdvice.explain(failures), dropTo);
    }

    private Optional<Path> filter() throws IOException {
        var program = Seccomp.program(System.getProperty("os.arch"));
        if (program.isEmpty()) {
            return Optional.empty();
        }
        var file = base.resolve("seccomp.bpf");
        Files.write(file, program.get());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return Optional.of(file);
    }

    private List<Sandbox> candidates(Sandbox.Place place) {
        var all = new ArrayList<Sandbox>();
        bubblewrap.ifPresent(program -> {
            boolean seals = help(program.toString()).contains("--disable-userns");
            all.add(new Bubblewrap(program, place, Bubblewrap.Way.JOINED, seals));
            if (dropTo.isPresent()) {
                all.add(new Bubblewrap(program, place, Bubblewrap.Way.MOUNTED, seals));
            }
            all.add(new Bubblewrap(program, place, Bubblewrap.Way.DIRECT, seals));
        });
        if (HostPrograms.find("unshare").isPresent() && HostPrograms.find("setpriv").isPresent()) {
            boolean filters = help("setpriv").contains("--seccomp-filter");
            all.add(new Unshare(place, filters, true));
            all.add(new Unshare(place, filters, false));
        }
        return all;
    }

    private Optional<String> run(Sandbox sandbox) throws IOException {
        var folder = base.resolve("probe");
        var cell = new Cell(folder.resolve("root"), folder.resolve("environment"), List.of(),
                "probe", 0, Limits.DEFAULT, Optional.empty());
        new CellRoot(dropTo).make(cell, Map.of("PATH", HostPrograms.PATH), "/");
        var command = new Command(List.of("test", "-d", "/proc/self"), "/", Optional.empty());
        if (!sandbox.joins()) {
            return failure(launch(sandbox, cell, command, new Where.Alone()));
        }
        var held = launch(sandbox, cell, PodSandbox.holding(), new Where.Holder());
        var holder = new SandboxedProcess(held);
        try {
            PodSandbox.ready(cell, holder);
            return failure(launch(sandbox, cell, command,
                    new Where.Beside(holder.pid(), holder.first())));
        } catch (IOException failed) {
            return Optional.of(failure(held).orElse(failed.getMessage()));
        } finally {
            holder.kill();
        }
    }

    private Process launch(Sandbox sandbox, Cell cell, Command command, Where where)
            throws IOException {
        return Containers.launch(base, sandbox.line(cell, command, where), command);
    }

    private static String help(String program) {
        try {
            var process = new ProcessBuilder(program, "--help").redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException absent) {
            return "";
        }
    }

    private static Optional<String> failure(Process process) throws IOException {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("it did not answer within " + SECONDS + " s");
            }
            if (process.exitValue() == 0) {
                return Optional.empty();
            }
            var said = new String(process.getErrorStream().readNBytes(2000),
                    StandardCharsets.UTF_8).strip();
            return Optional.of(said.isEmpty() ? "exit code " + process.exitValue() : said);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }
}
