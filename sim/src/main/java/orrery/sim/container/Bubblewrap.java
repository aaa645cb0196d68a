package orrery.sim.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A sandbox made by bubblewrap (`bwrap`), as Flatpak uses it.
///
/// @param program where bwrap is
/// @param through whether its files are reached through a mount of the base made before root's
///        folders become unreachable to the user that it drops to
/// @param sealed  whether this bwrap knows `--disable-userns` (≥ 0.8); older ones rely on the
///        seccomp filter alone to refuse further user namespaces
record Bubblewrap(Path program, Place place, boolean through, boolean sealed) implements Sandbox {
    /// Where the base is mounted, in a mount namespace that only this one process tree sees.
    private static final String MOUNT = "/mnt";

    @Override
    public List<String> line(Cell cell, Command command) {
        var all = place.start(cell.environment());
        if (through) {
            all.addAll(List.of(
                    "unshare", "--user", "--map-root-user", "--mount", "--propagation", "private",
                    "--", "sh", "-c", "mount -c --rbind . " + MOUNT + " && cd / && exec \"$@\"",
                    "sh"));
        }
        all.addAll(List.of(
                program.toString(), "--unshare-all", "--unshare-user", "--die-with-parent",
                "--cap-drop", "ALL", "--uid", "" + cell.uid(), "--gid", "" + cell.uid(),
                "--hostname", cell.hostname(), "--bind", seen(cell.root()), "/"));
        if (sealed) {
            all.add("--disable-userns");
        }
        if (command.terminal().isEmpty()) {
            // With a terminal the process already leads a session of its own, on its own pty.
            all.add("--new-session");
        }
        host(all);
        for (var bind : cell.binds()) {
            all.addAll(List.of(
                    bind.readOnly() ? "--ro-bind" : "--bind", seen(bind.source()), bind.target()));
        }
        if (place.filter().isPresent()) {
            all.addAll(List.of("--seccomp", "3"));
        }
        all.addAll(List.of("--chdir", "/", "--"));
        all.addAll(cell.limits().prlimit());
        all.addAll(command.inside(cell.relay()));
        return all;
    }

    private static void host(ArrayList<String> all) {
        for (var tree : HostPrograms.trees()) {
            all.addAll(List.of("--ro-bind", tree.toString(), tree.toString()));
        }
        for (var covered : HostPrograms.covered()) {
            all.addAll(List.of("--tmpfs", covered.toString(), "--remount-ro", covered.toString()));
        }
        for (var setting : HostPrograms.settings()) {
            all.addAll(List.of("--ro-bind", setting.toString(), setting.toString()));
        }
        all.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    }

    private String seen(Path path) {
        return through ? MOUNT + "/" + place.base().relativize(path) : path.toString();
    }

    @Override
    public String describe() {
        return "bubblewrap (namespaces, no capabilities, rlimits"
                + (place.filter().isPresent() ? ", seccomp)" : "; no seccomp on this processor)");
    }
}
