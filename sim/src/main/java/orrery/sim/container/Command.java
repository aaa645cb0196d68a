package orrery.sim.container;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A command line to run in a cell.
///
/// @param directory absolute working directory inside the cell
/// @param terminal  the size of its terminal; empty for plain pipes
public record Command(List<String> line, String directory, Optional<Terminal> terminal) {
    /// The size of a terminal in characters.
    public record Terminal(int columns, int rows) {
        public static final Terminal DEFAULT = new Terminal(80, 24);

        public Terminal {
            if (columns < 1 || columns > 9999 || rows < 1 || rows > 9999) {
                throw new IllegalArgumentException("terminal size must be 1 to 9999");
            }
        }
    }

    public Command {
        line = List.copyOf(line);
        if (line.isEmpty()) {
            throw new IllegalArgumentException("a command needs a program");
        }
    }

    /// The last stage of every sandbox: takes the environment from descriptor 8 (a file, so that
    /// no secret stands in a command line that every user of the host may read), goes to the
    /// working directory, and becomes the command.
    List<String> inside(Optional<Relay> relay) {
        var script = "cd \"$1\" || exit 127; shift; . /proc/self/fd/8";
        var all = new ArrayList<>(List.of("sh", "-c", script, "sh", directory));
        all.addAll(relay.map(it -> it.around(begun())).orElseGet(this::begun));
        return all;
    }

    private List<String> begun() {
        if (terminal.isPresent()) {
            // The terminal that we hold belongs to a session outside the sandbox, whose process
            // groups do not exist inside, and shells fail over it. `script` opens one inside and
            // carries bytes, size and exit code between the two.
            var quoted = line.stream().map(Command::quoted).collect(Collectors.joining(" "));
            return List.of("env", "TERM=xterm", "SHELL=/bin/sh", "script", "--quiet",
                    "--return", "--flush", "--command", "exec " + quoted, "/dev/null");
        }
        return line;
    }

    /// A word that a POSIX shell reads as this text.
    static String quoted(String text) {
        return "'" + text.replace("\u0000", "").replace("'", "'\\''") + "'";
    }
}
