package orrery.sim.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A sandbox made by util-linux: `unshare`, `mount`, `pivot_root`, `setpriv` and `prlimit`.
///
/// What it lacks beside bubblewrap: a seccomp filter, unless setpriv knows `--seccomp-filter`
/// (util-linux ≥ 2.41); `no_new_privs`, the empty capability sets and the user-namespace limit of
/// zero hold without it.
///
/// @param filters whether setpriv loads a seccomp filter
record Unshare(Place place, boolean filters) implements Sandbox {
    private static final String ENTER = script();

    @Override
    public List<String> line(Cell cell, Command command) {
        var all = place.start(cell.environment());
        // The death signal is set after the user namespace, whose credentials would clear it.
        all.addAll(List.of(
                "unshare", "--user", "--map-root-user", "--",
                "setpriv", "--pdeathsig", "KILL", "--",
                "unshare", "--mount", "--net", "--ipc", "--uts", "--pid", "--cgroup",
                "--propagation", "private", "--fork", "--kill-child=KILL", "--",
                "sh", "-c", ENTER, "sh"));
        all.addAll(List.of(relative(cell.root()), "" + cell.uid(), cell.hostname()));
        for (var tree : HostPrograms.trees()) {
            mount(all, "tree", tree.toString(), tree.toString());
        }
        for (var covered : HostPrograms.covered()) {
            mount(all, "cover", "tmpfs", covered.toString());
        }
        for (var setting : HostPrograms.settings()) {
            mount(all, "ro", setting.toString(), setting.toString());
        }
        for (var bind : cell.binds()) {
            mount(all, bind.readOnly() ? "ro" : "rw", relative(bind.source()), bind.target());
        }
        all.add("--");
        if (command.terminal().isEmpty()) {
            all.addAll(List.of("setsid", "--wait"));
        }
        all.addAll(List.of(
                "setpriv", "--nnp", "--inh-caps=-all", "--ambient-caps=-all",
                "--bounding-set=-all"));
        if (filters && place.filter().isPresent()) {
            all.addAll(List.of("--seccomp-filter", "/proc/self/fd/3"));
        }
        all.add("--");
        all.addAll(cell.limits().prlimit());
        all.addAll(command.inside(cell.relay()));
        return all;
    }

    private static void mount(List<String> all, String kind, String source, String target) {
        all.addAll(List.of(kind, source, target));
    }

    private String relative(Path path) {
        return "./" + place.base().relativize(path);
    }

    @Override
    public String describe() {
        return "unshare and setpriv (namespaces, no capabilities, rlimits; "
                + (filters ? "seccomp)" : "no seccomp: install bubblewrap for it)");
    }

    private static String script() {
        try (var in = Unshare.class.getResourceAsStream("enter.sh")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
