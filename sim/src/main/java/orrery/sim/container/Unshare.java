package orrery.sim.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A sandbox made by util-linux: `unshare`, `nsenter`, `mount`, `pivot_root`, `setpriv` and
/// `prlimit`.
///
/// What it lacks beside bubblewrap: a seccomp filter, unless setpriv knows `--seccomp-filter`
/// (util-linux ≥ 2.41); `no_new_privs`, the empty capability sets and the user-namespace limit of
/// zero hold without it.
///
/// @param filters whether setpriv loads a seccomp filter
record Unshare(Place place, boolean filters, boolean joins) implements Sandbox {
    private static final String ENTER = script();

    @Override
    public List<String> line(Cell cell, Command command, Where where) {
        var all = place.start(cell, where);
        all.addAll(List.of("unshare", "--mount", "--propagation", "private"));
        if (!where.isBeside()) {
            all.addAll(List.of("--pid", "--cgroup", "--fork", "--kill-child=KILL"));
        }
        all.addAll(List.of("--", "sh", "-c", ENTER, "sh", relative(cell.root()), "" + cell.uid()));
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
        all.addAll(command.inside(where.relay(cell)));
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
                + (filters ? "seccomp" : "no seccomp: install bubblewrap for it")
                + (joins ? ")" : "; each process on its own: there is no nsenter)");
    }

    private static String script() {
        try (var in = Unshare.class.getResourceAsStream("enter.sh")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
