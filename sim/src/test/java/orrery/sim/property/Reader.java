package orrery.sim.property;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import orrery.sim.property.Kubernetes.Reply;
import orrery.sim.property.Model.State;

/// A client that reads objects and lists while others write: nothing it is told may be older than
/// what anybody was told before.
record Reader(Kubernetes server, Ledger ledger) {
    private static final int PAGE = 7;

    void read(BooleanSupplier on) {
        for (int i = 0; on.getAsBoolean() && ledger.mistake() == null; i++) {
            String object = "shared-" + i % 3;
            long floor = ledger.newest(object);
            Reply reply = server.get("/" + object);
            if (reply.good()) {
                ledger.seen("a read", object, floor, reply.version());
            } else {
                ledger.wrong(reply.code() == 404 && floor > 0,
                        object + " is gone, and nobody deleted it");
            }
            if (i % 4 == 0) {
                list();
            }
        }
    }

    private void list() {
        long floor = ledger.newest();
        Reply reply = server.get("?limit=" + PAGE);
        if (reply.good()) {
            ledger.listed(floor, reply.version());
            for (JsonNode item : reply.body().path("items")) {
                State state = State.of(item);
                ledger.seen("a list", state.name(), 0, state.version());
            }
        }
    }

    /// All pages of a list, as a client reads them that goes on with a watch.
    ///
    /// @return `null` when the pages cannot be read to their end
    static Snapshot snapshot(Kubernetes server, Ledger ledger) {
        Map<String, State> objects = new TreeMap<>();
        long version = 0;
        String more = "";
        do {
            long floor = more.isEmpty() ? ledger.newest() : 0;
            Reply reply = server.get("?limit=" + PAGE
                    + (more.isEmpty() ? "" : "&continue=" + more));
            if (!reply.good()) {
                return null;
            }
            if (version == 0) {
                version = reply.version();
                ledger.listed(floor, version);
            }
            for (JsonNode item : reply.body().path("items")) {
                objects.put(item.at("/metadata/name").asText(), State.of(item));
            }
            more = reply.body().at("/metadata/continue").asText();
        } while (!more.isEmpty());
        return new Snapshot(version, objects);
    }

    /// A whole list.
    record Snapshot(long version, Map<String, State> objects) {}
}
