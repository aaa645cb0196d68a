package orrery.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// CPU time that processes have used.
final class Cpu {
    /// What `/proc` counts in, on every Linux that we run on (`getconf CLK_TCK`).
    private static final long TICKS_PER_SECOND = 100;

    private Cpu() {}

    static Duration own() {
        return Duration.ofNanos(ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                .getProcessCpuTime());
    }

    /// A process without its children.
    static Duration alone(long pid) {
        return of(pid, false);
    }

    /// Those threads of a process whose names begin so.
    static Duration threads(long pid, String name) throws IOException {
        var sum = Duration.ZERO;
        try (var all = Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
            for (var task : all) {
                if (Files.readString(task.resolve("comm")).startsWith(name)) {
                    sum = sum.plus(read(task.resolve("stat"), false));
                }
            }
        }
        return sum;
    }

    /// A process and its children, those that have ended included.
    static Duration tree(long pid) {
        return ProcessHandle.of(pid).map(root -> root.children()
                .map(child -> of(child.pid(), false))
                .reduce(of(pid, true), Duration::plus)).orElse(Duration.ZERO);
    }

    /// Fields 14 to 17 of `/proc/PID/stat` (proc(5)): user and system time, then its ended
    /// children's.
    private static Duration of(long pid, boolean endedChildren) {
        return read(Path.of("/proc", Long.toString(pid), "stat"), endedChildren);
    }

    private static Duration read(Path file, boolean endedChildren) {
        try {
            var stat = Files.readString(file);
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
            if (endedChildren) {
                ticks += Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
            }
            return Duration.ofMillis(ticks * 1_000 / TICKS_PER_SECOND);
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }
}
