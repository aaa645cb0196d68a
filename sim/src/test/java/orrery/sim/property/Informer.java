package orrery.sim.property;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import orrery.sim.property.Model.State;
import orrery.sim.type.Json;

/// A client that keeps a copy of all objects: it lists in pages, then watches from the list's
/// version, goes on from the last version when the stream ends, and lists anew when that version
/// is too old.
final class Informer {
    private final Kubernetes server;
    private final Ledger ledger;
    private Map<String, State> copy = new TreeMap<>();
    private final List<Stretch> stretches = new ArrayList<>();
    private Stretch now;
    private volatile boolean complete;

    /// Versions seen one after the other without a list in between.
    private static final class Stretch {
        private final long from;
        private final Set<Long> versions = new TreeSet<>();
        private long last;

        private Stretch(long from) {
            this.from = from;
            this.last = from;
        }
    }

    Informer(Kubernetes server, Ledger ledger) {
        this.server = server;
        this.ledger = ledger;
    }

    /// Follows until the last object comes.
    void follow(BooleanSupplier on) {
        while (!complete && on.getAsBoolean() && ledger.mistake() == null) {
            if (now == null) {
                list();
            }
            if (now != null) {
                watch();
            }
        }
    }

    boolean complete() {
        return complete;
    }

    Map<String, State> copy() {
        return copy;
    }

    private void list() {
        Reader.Snapshot snapshot = Reader.snapshot(server, ledger);
        if (snapshot != null) {
            copy = snapshot.objects();
            now = new Stretch(snapshot.version());
            stretches.add(now);
            complete = copy.containsKey(Watching.LAST);
        }
    }

    private void watch() {
        try (var lines = new BufferedReader(new InputStreamReader(
                server.watch("&allowWatchBookmarks=true&timeoutSeconds=2&resourceVersion="
                        + now.last), StandardCharsets.UTF_8))) {
            String line;
            while (!complete && (line = lines.readLine()) != null) {
                JsonNode event = Json.read(line.getBytes(StandardCharsets.UTF_8));
                if (event.path("type").asText().equals("ERROR")) {
                    ledger.wrong(event.at("/object/code").asInt() != 410,
                            "a watch ended with " + event);
                    now = null;
                    return;
                }
                take(event.path("type").asText(), State.of(event.path("object")));
            }
        } catch (IOException | orrery.sim.type.Refusal cutOff) {
            // The server was killed, maybe in the middle of a line: we go on where we were.
        }
    }

    private void take(String type, State state) {
        ledger.wrong(state.version() < now.last,
                "a watch goes back from version " + now.last + " to " + state.version());
        if (type.equals("BOOKMARK")) {
            now.last = state.version();
            return;
        }
        ledger.wrong(state.version() == now.last, "a watch repeats version " + now.last);
        ledger.seen("a watch", state.name(), 0, state.version());
        now.last = state.version();
        now.versions.add(state.version());
        // Pages are read one after the other: what came in between is told again.
        State known = copy.get(state.name());
        boolean again = known != null && known.version() >= state.version();
        if (type.equals("DELETED")) {
            copy.remove(state.name());
        } else if (!again) {
            copy.put(state.name(), state);
        }
        complete = state.name().equals(Watching.LAST);
    }

    /// Compares what it was told with what the writers were told.
    void check() {
        for (String name : ledger.names()) {
            for (var mark : ledger.marks(name).entrySet()) {
                for (Stretch one : stretches) {
                    long version = mark.getValue();
                    ledger.wrong(version > one.from && version <= one.last
                                    && !one.versions.contains(version),
                            "a watch from %d to %d misses version %d of %s (%s)".formatted(
                                    one.from, one.last, version, name, mark.getKey()));
                }
            }
        }
    }
}
