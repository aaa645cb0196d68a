package orrery.sim.property;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import orrery.sim.property.Kubernetes.Reply;
import orrery.sim.type.Json;

/// A client that writes as others do: each of its writes leaves a mark of its own on an object
/// that all clients write to. A mark that was acknowledged must never be missing again.
final class Writer {
    private static final int OBJECTS = 3;

    private final String name;
    private final Kubernetes server;
    private final Ledger ledger;
    private final Random random;
    /// Objects of its own that it deleted, and was told so.
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private int written;

    Writer(String name, Kubernetes server, Ledger ledger, Random random) {
        this.name = name;
        this.server = server;
        this.ledger = ledger;
        this.random = random;
    }

    Set<String> deleted() {
        return deleted;
    }

    void write(BooleanSupplier on) {
        while (on.getAsBoolean() && ledger.mistake() == null) {
            String object = "shared-" + random.nextInt(OBJECTS);
            String mark = name + "-" + ++written;
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> update(object, mark);
                case 4, 5 -> marked(object, mark, server.merge(object,
                        json("{'data':{'%s':''}}".formatted(mark))));
                case 6 -> marked(object, mark, server.strategic(object,
                        json("{'data':{'%s':''}}".formatted(mark))));
                case 7 -> marked(object, mark, server.jsonPatch(object, Json.read(text(
                        "[{'op':'add','path':'/data/%s','value':''}]".formatted(mark)))));
                case 8 -> marked(object, mark, server.apply(object, mark, json("""
                        {'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s'},
                         'data':{'%s':''}}""".formatted(object, mark))));
                default -> createAndDelete("own-" + mark);
            }
        }
    }

    /// Reads, adds a mark, writes back; again when somebody else was faster.
    private void update(String object, String mark) {
        for (int i = 0; i < 5; i++) {
            long floor = ledger.newest(object);
            Reply read = server.get("/" + object);
            if (read.code() == 404) {
                read = server.post(json("{'metadata':{'name':'%s'},'data':{'%s':''}}".formatted(
                        object, mark)));
                marked(object, mark, read);
                return;
            }
            if (!read.good()) {
                return;
            }
            ledger.seen("a read", object, floor, read.version());
            ObjectNode copy = (ObjectNode) read.body();
            Json.child(copy, "data").put(mark, "");
            Reply reply = server.put(object, copy);
            if (reply.code() != 409) {
                marked(object, mark, reply);
                return;
            }
        }
    }

    private void marked(String object, String mark, Reply reply) {
        if (reply.good()) {
            ledger.seen("a write", object, 0, reply.version());
            ledger.marked(object, mark, reply.version());
        } else {
            ledger.wrong(reply.code() >= 500, "an answer was " + reply);
        }
    }

    private void createAndDelete(String object) {
        Reply made = server.post(json("{'metadata':{'name':'%s'}}".formatted(object)));
        if (!made.good()) {
            return;
        }
        ledger.marked(object, "made", made.version());
        ledger.seen("a write", object, 0, made.version());
        if (random.nextBoolean() && server.delete(object, Json.object()).good()) {
            deleted.add(object);
        }
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.read(text(text));
    }

    private static byte[] text(String text) {
        return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    }
}
