package orrery.server.studio.importer;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Host names, and ports after them, in the texts of a service: `db:5432`, `http://api:8000/`.
final class Mentions {
    private static final Pattern HOST = Pattern.compile(
            "(?<![A-Za-z0-9_.-])([A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?)"
                    + "(?::([0-9]{1,5})(?![0-9.]))?");
    private static final int MOST_CHARS = 200_000;

    private final Map<String, Set<Integer>> ports = new HashMap<>();

    /// Takes in everything that a service tells its program.
    static Mentions of(ComposeService service) {
        Mentions mentions = new Mentions();
        service.environment().values().forEach(mentions::read);
        if (service.command() != null) {
            service.command().forEach(mentions::read);
        }
        if (service.entrypoint() != null) {
            service.entrypoint().forEach(mentions::read);
        }
        if (service.healthcheck() != null) {
            service.healthcheck().test().forEach(mentions::read);
        }
        return mentions;
    }

    private void read(String text) {
        Matcher host = HOST.matcher(text.substring(0, Math.min(text.length(), MOST_CHARS)));
        while (host.find()) {
            Set<Integer> known = ports.computeIfAbsent(host.group(1), k -> new TreeSet<>());
            int port = host.group(2) == null ? 0 : Integer.parseInt(host.group(2));
            if (port > 0 && port <= 65535) {
                known.add(port);
            }
        }
    }

    boolean has(String host) {
        return ports.containsKey(host);
    }

    /// The ports that stand behind that host name.
    Set<Integer> portsOf(String host) {
        return ports.getOrDefault(host, Set.of());
    }
}
