package orrery.sim.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The ways out of a cell's empty network: connections to ports of its loopback address are
/// carried to Unix sockets that we listen on outside, so we know whose each one is.
///
/// A script for the host's Perl carries them. It listens before the command begins and ends with
/// it.
///
/// @param folder on the host, under the sandboxes' folder: holds the sockets and nothing else
public record Relay(Path folder, List<Way> ways) {
    /// Where the cell sees the folder.
    private static final String SEEN = "/run/relay";
    private static final Optional<Path> PERL = HostPrograms.find("perl");
    private static final String SCRIPT = script();

    /// One of them.
    ///
    /// @param socket the socket's file name
    /// @param port   in the cell; above 1023, since nobody in there may take a lower one
    /// @param name   a host name that means this, beside `localhost`; or empty
    public record Way(String socket, int port, String name) {
        public Way {
            if (port < 1024 || port > 65535) {
                throw new IllegalArgumentException(
                        "port " + port + " is not between 1024 and 65535");
            }
            if (!name.matches("[A-Za-z0-9.-]*")) {
                throw new IllegalArgumentException("no host name: " + name);
            }
        }
    }

    public Relay {
        ways = List.copyOf(ways);
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
        var all = new ArrayList<>(List.of(PERL.orElseThrow().toString(), "-e", SCRIPT, "--"));
        for (var way : ways) {
            all.addAll(List.of(Integer.toString(way.port()), SEEN + "/" + way.socket()));
        }
        all.add("--");
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
