package orrery.sim.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A way to run a process apart from the host, made of a well-kept program's options alone.
///
/// Whichever is used: all namespaces are its own, it has no capability and gets none, it can make
/// no further user namespace, it sees a scratch root file system, it has no network, and it dies
/// with the thread that started it (so also when this process is killed).
sealed interface Sandbox permits Bubblewrap, Unshare {

    /// The command line that runs `command` in `cell`, to be started in {@link Place#base}.
    List<String> line(Cell cell, Command command);

    /// What a person reads in the log: the program, and which protections hold.
    String describe();

    /// Where the sandboxes' folder is and who runs in it.
    ///
    /// @param base    the folder that holds every cell's files
    /// @param dropTo  the user to become before anything else when this process is root
    /// @param filter  the compiled seccomp program, where there is one for this processor
    record Place(Path base, Optional<Integer> dropTo, Optional<Path> filter) {

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
    }
}
