package orrery.sim.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A sandbox made by bubblewrap (`bwrap`), as Flatpak uses it.
///
/// @param program where bwrap is
/// @param way     what is done before bwrap
/// @param sealed  whether this bwrap knows `--disable-userns` (≥ 0.8); older ones rely on the
///        seccomp filter alone to refuse further user namespaces
record Bubblewrap(Path program, Place place, Way way, boolean sealed) implements Sandbox {
    /// Where the base is mounted, in a mount namespace that only this one process tree sees.
    private static final String MOUNT = "/mnt";

    /// What is done before bwrap.
    enum Way {
        /// A pod's namespaces are made or entered: bwrap can do neither for several processes.
        JOINED,
        /// Its files are reached through a mount of the base made before root's folders become
        /// unreachable to the user that it drops to.
        MOUNTED,
        /// Nothing.
        DIRECT
    }

    @Override
    public List<String> line(Cell cell, Command command, Where where) {
        boolean alone = way != Way.JOINED || where instanceof Where.Alone;
        var all = alone ? place.start(cell.environment()) : place.start(cell, where);
        if (way != Way.DIRECT) {
            mounted(all, alone, where.isBeside());
        }
        all.addAll(List.of(program.toString(), "--unshare-user", "--die-with-parent",
                "--cap-drop", "ALL", "--uid", "" + cell.uid(), "--gid", "" + cell.uid()));
        if (alone) {
            all.addAll(List.of("--unshare-all", "--hostname", cell.hostname()));
        } else if (!where.isBeside()) {
            all.addAll(List.of("--unshare-pid", "--unshare-cgroup-try"));
        }
        all.addAll(List.of("--bind", seen(cell.root()), "/"));
        if (sealed) {
            all.add("--disable-userns");
        }
        if (command.terminal().isEmpty()) {
            // With a terminal the process already leads a session of its own, on its own pty.
            all.add("--new-session");
        }
        host(all, where.isBeside());
        for (var bind : cell.binds()) {
            all.addAll(List.of(
                    bind.readOnly() ? "--ro-bind" : "--bind", seen(bind.source()), bind.target()));
        }
        if (place.filter().isPresent()) {
            all.addAll(List.of("--seccomp", "3"));
        }
        all.addAll(List.of("--chdir", "/", "--"));
        all.addAll(cell.limits().prlimit());
        all.addAll(command.inside(where.relay(cell)));
        return all;
    }

    private static void mounted(List<String> all, boolean alone, boolean beside) {
        all.add("unshare");
        if (alone) {
            all.addAll(List.of("--user", "--map-root-user"));
        }
        // A process list that bwrap did not make it may not mount either.
        all.addAll(List.of("--mount", "--propagation", "private", "--", "sh", "-c",
                "mount -c --rbind . " + MOUNT + (beside ? " && mount -t proc proc /proc" : "")
                        + " && cd / && exec \"$@\"", "sh"));
    }

    private static void host(ArrayList<String> all, boolean beside) {
        for (var tree : HostPrograms.trees()) {
            all.addAll(List.of("--ro-bind", tree.toString(), tree.toString()));
        }
        for (var covered : HostPrograms.covered()) {
            all.addAll(List.of("--tmpfs", covered.toString(), "--remount-ro", covered.toString()));
        }
        for (var setting : HostPrograms.settings()) {
            all.addAll(List.of("--ro-bind", setting.toString(), setting.toString()));
        }
        all.addAll(beside ? List.of("--bind", "/proc", "/proc") : List.of("--proc", "/proc"));
        all.addAll(List.of("--dev", "/dev"));
    }

    @Override
    public boolean joins() {
        return way == Way.JOINED;
    }

    private String seen(Path path) {
        return way == Way.DIRECT ? path.toString() : MOUNT + "/" + place.base().relativize(path);
    }

    @Override
    public String describe() {
        return "bubblewrap (namespaces, no capabilities, rlimits"
                + (place.filter().isPresent() ? ", seccomp" : "; no seccomp on this processor")
                + (joins() ? ")" : "; each process on its own: unshare and nsenter do not work)");
    }
}
