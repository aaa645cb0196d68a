package orrery.sim.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A way to run a process apart from the host, made of well-kept programs' options alone.
///
/// Whichever is used: all namespaces are its own or its pod's, it has no capability and gets none,
/// it can make no further user namespace, it sees a scratch root file system, it has no network
/// beyond its pod's, and it dies with the thread that started it (so also when this process is
/// killed).
sealed interface Sandbox permits Bubblewrap, Unshare {

    /// The command line that runs `command` in `cell`, to be started in {@link Place#base}.
    List<String> line(Cell cell, Command command, Where where);

    /// Whether a process can join the namespaces of another: else it is always {@link Where.Alone}.
    boolean joins();

    /// What a person reads in the log: the program, and which protections hold.
    String describe();

    /// Which namespaces a process is in.
    sealed interface Where {
        /// All its own.
        record Alone() implements Where {}

        /// Its own, for others to join: those of a pod.
        record Holder() implements Where {}

        /// Network, IPC and host name of a pod's; a process list of its own.
        ///
        /// @param holder the process that holds them
        record In(long holder) implements Where {}

        /// A pod's, and another process's list too.
        ///
        /// @param first the first process of that list
        record Beside(long holder, long first) implements Where {}

        /// What it brings to its network; a pod's is there already.
        default Optional<Relay> relay(Cell cell) {
            return this instanceof Alone || this instanceof Holder ? cell.relay()
                    : Optional.empty();
        }

        /// Whether it sees processes of others.
        default boolean isBeside() {
            return this instanceof Beside;
        }
    }

    /// Where the sandboxes' folder is and who runs in it.
    ///
    /// @param base    the folder that holds every cell's files
    /// @param dropTo  the user to become before anything else when this process is root
    /// @param filter  the compiled seccomp program, where there is one for this processor
    record Place(Path base, Optional<Integer> dropTo, Optional<Path> filter) {
        /// Makes a pod's network usable, by `ip` or as it would (`SIOCSIFFLAGS`: up and running). A
        /// pod's name is what `hostname` answers in it.
        private static final String SET_UP = """
                hostname "$1" 2>/dev/null
                ip link set lo up 2>/dev/null || perl -e '
                    socket(my $any, 2, 2, 0);
                    my $up = pack "a16 s x22", "lo", 0x41;
                    ioctl $any, 0x8914, $up' 2>/dev/null
                shift
                exec "$@\"""";

        /// Opens what a sandbox takes by descriptor (3: seccomp program, 8: environment) while
        /// everything is still readable, then gives up root.
        ArrayList<String> start(Path environment) {
            var all = new ArrayList<>(List.of(
                    "sh", "-c", "exec 3<\"$1\" 8<\"$2\"; shift 2; exec \"$@\"", "sh",
                    filter.map(Path::toString).orElse("/dev/null"), environment.toString()));
            dropTo.ifPresent(uid -> all.addAll(List.of(
                    "setpriv", "--reuid", "" + uid, "--regid", "" + uid, "--clear-groups", "--")));
            return all;
        }

        /// The same, and then makes or enters the namespaces that a pod's processes share. What
        /// follows on the line has every capability in these, and none outside.
        ArrayList<String> start(Cell cell, Where where) {
            var all = start(cell.environment());
            switch (where) {
                case Where.Alone a -> holder(all, cell.hostname());
                case Where.Holder h -> holder(all, cell.hostname());
                case Where.In in -> enter(all, in.holder(), List.of());
                case Where.Beside beside -> enter(all, beside.holder(),
                        List.of("--pid=/proc/" + beside.first() + "/ns/pid"));
            }
            return all;
        }

        private static void holder(List<String> all, String hostname) {
            // The death signal is set after the user namespace, whose credentials would clear it.
            all.addAll(List.of(
                    "unshare", "--user", "--map-root-user", "--",
                    "setpriv", "--pdeathsig", "KILL", "--",
                    "unshare", "--net", "--ipc", "--uts", "--", "sh", "-c", SET_UP, "sh",
                    hostname));
        }

        private static void enter(List<String> all, long holder, List<String> more) {
            all.addAll(List.of("nsenter", "--preserve-credentials"));
            for (var kind : new String[] {"user", "net", "ipc", "uts"}) {
                all.add("--%s=/proc/%d/ns/%s".formatted(kind, holder, kind));
            }
            all.addAll(more);
            all.addAll(List.of("--", "setpriv", "--pdeathsig", "KILL", "--"));
        }
    }
}
