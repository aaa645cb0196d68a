package orrery.sim.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The world that the processes of one container see: a root file system and what is bound in it.
///
/// Every path on the host lies under the sandboxes' folder; a process in the cell sees the root
/// folder as `/`, the host's programs read-only, the binds, and nothing else.
///
/// @param root        host folder that becomes `/`, private to the container and writable
/// @param environment host file made by {@link CellRoot}: the shell line that sets the environment
/// @param binds       volumes, in the order they are mounted
/// @param hostname    what `hostname` answers: the pod's name
/// @param uid         user and group id that the processes believe they have
/// @param relay       what its network reaches; nothing when empty
public record Cell(
        Path root, Path environment, List<Bind> binds, String hostname, int uid, Limits limits,
        Optional<Relay> relay) {

    /// A host folder or file that appears at an absolute path in the cell.
    public record Bind(Path source, String target, boolean readOnly) {
        public Bind {
            if (!target.startsWith("/") || target.contains("/../") || target.endsWith("/..")) {
                throw new IllegalArgumentException("not an absolute path: " + target);
            }
        }
    }

    public Cell {
        binds = Stream.concat(binds.stream(), relay.stream().map(Relay::bind)).distinct().toList();
        if (uid < 0 || uid > 65533) {
            throw new IllegalArgumentException("uid " + uid + " is not between 0 and 65533");
        }
    }
}
