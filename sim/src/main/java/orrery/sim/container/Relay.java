package orrery.sim.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The one way out of a cell's empty network: connections to a port of its loopback address are
/// carried to a Unix socket that we listen on outside, so we know whose each one is.
///
/// A script for the host's Perl carries them. It listens before the command begins and ends with
/// it.
///
/// @param folder on the host, under the sandboxes' folder: holds the socket and nothing else
/// @param socket the socket's file name
/// @param port   in the cell; above 1023, since nobody in there may take a lower one
public record Relay(Path folder, String socket, int port) {
    /// Where the cell sees the folder.
    private static final String SEEN = "/run/relay";
    private static final Optional<Path> PERL = HostPrograms.find("perl");
    private static final String SCRIPT = script();

    public Relay {
        if (port < 1024 || port > 65535) {
            throw new IllegalArgumentException("port " + port + " is not between 1024 and 65535");
        }
    }

    /// Whether this host has what carries connections.
    public static boolean isPossible() {
        return PERL.isPresent();
    }

    Cell.Bind bind() {
        return new Cell.Bind(folder, SEEN, true);
    }

    /// The command line that listens and then becomes `line`.
    List<String> around(List<String> line) {
        var all = new ArrayList<>(List.of(PERL.orElseThrow().toString(), "-e", SCRIPT,
                Integer.toString(port), SEEN + "/" + socket));
        all.addAll(line);
        return all;
    }

    private static String script() {
        try (var in = Relay.class.getResourceAsStream("relay.pl")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
