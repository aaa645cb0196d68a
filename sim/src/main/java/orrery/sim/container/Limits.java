package orrery.sim.container;

import java.util.List;

/// Resource limits of one sandboxed process and its children, enforced as rlimits.
///
/// Rlimits hold per process (address space, processor time, file size, open files) except the
/// number of processes, which the kernel counts per user namespace, so per sandbox. What they do
/// not hold: the sum of memory over a sandbox's processes, and the disk. Those need a cgroup.
///
/// @param processes     most processes and threads of one sandbox
/// @param memoryBytes   address space of one process
/// @param fileBytes     size of one file
/// @param openFiles     open descriptors of one process
/// @param cpuSeconds    processor time of one process, after which it is killed
public record Limits(
        int processes, long memoryBytes, long fileBytes, int openFiles, int cpuSeconds) {
    private static final long GIB = 1L << 30;

    /// Enough for a shell and its tools, and for one small service.
    public static final Limits DEFAULT = new Limits(256, 4 * GIB, 2 * GIB, 1024, 3600);

    public Limits {
        if (processes < 1 || memoryBytes < 1 || fileBytes < 0 || openFiles < 8 || cpuSeconds < 1) {
            throw new IllegalArgumentException("limits must be positive");
        }
    }

    /// The util-linux command in front of a command line that sets these limits.
    List<String> prlimit() {
        return List.of(
                "prlimit",
                "--nproc=" + processes,
                "--as=" + memoryBytes,
                "--fsize=" + fileBytes,
                "--nofile=" + openFiles,
                "--cpu=" + cpuSeconds,
                "--core=0",
                "--memlock=65536",
                "--");
    }
}
