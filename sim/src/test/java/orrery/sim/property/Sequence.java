package orrery.sim.property;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import orrery.sim.property.Kubernetes.Reply;
import orrery.sim.property.Model.State;
import orrery.sim.type.Json;

/// Takes steps on a server and on the model, and compares all that the server says.
final class Sequence {
    private static final String EMPTY = "{}";

    private final Kubernetes server;
    private final Model model;
    private final Runnable unload;
    /// What each client read or wrote last of each object.
    private final Map<String, ObjectNode> remembered = new HashMap<>();
    private final Map<Integer, Listing> listings = new HashMap<>();
    private final List<Watching> watches = new ArrayList<>();
    private int written;

    /// @param unload takes the cluster out of memory
    Sequence(Kubernetes server, Runnable unload) {
        this.server = server;
        this.unload = unload;
        this.model = new Model(server.get("?limit=1").version());
    }

    void take(Step step) {
        String name = "object-" + step.object();
        String value = "v" + ++written;
        switch (step.act()) {
            case CREATE -> create(step, name, value);
            case READ -> read(step, name);
            case UPDATE -> update(step, name, value);
            case MERGE -> patched(step, name, state -> state.with("m", value),
                    server.merge(name, json("{'data':{'m':'%s'}}".formatted(value))));
            case STRATEGIC -> patched(step, name, state -> state.with("s", value),
                    server.strategic(name, json("{'data':{'s':'%s'}}".formatted(value))));
            case JSON_PATCH -> jsonPatch(step, name, value);
            case APPLY -> apply(step, name, value);
            case CHANGE_SIDE -> {
                String side = step.choice() % 2 == 0 ? "even" : "odd";
                patched(step, name, state -> new State(name, 0, state.data(), side,
                                state.held(), state.going()),
                        server.merge(name, json("{'metadata':{'labels':{'half':'%s'}}}"
                                .formatted(side))));
            }
            case LEAVE -> patched(step, name, state -> state, server.merge(name, json(EMPTY)));
            case DELETE -> delete(name, json(EMPTY));
            case DELETE_AS_READ -> deleteAsRead(step, name);
            case RELEASE -> release(step, name);
            case WATCH -> watches.add(Watching.open(server, model, step.choice()));
            case UNLOAD -> unload.run();
            case PAGE -> {
                Listing listing = listings.computeIfAbsent(step.client(),
                        none -> new Listing(server, model, 1 + step.choice() % 3));
                if (listing.next()) {
                    listings.remove(step.client());
                }
            }
        }
    }

    /// Reads all lists and watches to their ends.
    void end() {
        for (Listing listing : listings.values()) {
            while (!listing.next()) {
                // Goes on.
            }
        }
        Reply last = server.post(object(Watching.LAST, "v", "even", false));
        model.created(State.of(last.body()), State.of(last.body()));
        watches.forEach(Watching::check);
    }

    private void create(Step step, String name, String value) {
        boolean held = step.choice() % 4 == 0;
        String side = step.choice() % 2 == 0 ? "even" : "odd";
        Reply reply = server.post(object(name, value, side, held));
        if (model.find(name).isPresent()) {
            refused(reply, 409, "AlreadyExists");
            return;
        }
        assertThat(reply.code()).as(reply.body().toString()).isEqualTo(201);
        model.created(new State(name, 0, Map.of("c", value), side, held, false),
                State.of(reply.body()));
        remember(step, name, reply.body());
    }

    private void read(Step step, String name) {
        Reply reply = server.get("/" + name);
        if (model.find(name).isEmpty()) {
            refused(reply, 404, "NotFound");
        } else {
            assertThat(State.of(reply.body())).isEqualTo(model.find(name).get());
            remember(step, name, reply.body());
        }
    }

    private void update(Step step, String name, String value) {
        ObjectNode copy = remembered.get(step.client() + name);
        if (copy == null) {
            return;
        }
        Json.child(copy, "data").put("u", value);
        Reply reply = server.put(name, copy);
        if (model.find(name).isEmpty()) {
            refused(reply, 404, "NotFound");
        } else if (model.find(name).get().version() != State.of(copy).version()) {
            refused(reply, 409, "Conflict");
        } else {
            patched(step, name, state -> state.with("u", value), reply);
        }
    }

    private void jsonPatch(Step step, String name, String value) {
        String test = step.choice() % 2 == 0 ? ""
                : "{'op':'test','path':'/metadata/name','value':'%s'},".formatted(name);
        // Where an object was applied and never had data, the patch has nowhere to add to.
        patched(step, name, state -> state.with("j", value), server.jsonPatch(name,
                json("[%s{'op':'add','path':'/data/j','value':'%s'}]".formatted(test, value))));
    }

    private void apply(Step step, String name, String value) {
        String key = "a" + step.client();
        Reply reply = server.apply(name, "applier-" + step.client(), (ObjectNode) json("""
                {'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'%s'},
                 'data':{'%s':'%s'}}""".formatted(name, key, value)));
        if (model.find(name).isPresent()) {
            patched(step, name, state -> state.with(key, value), reply);
            return;
        }
        assertThat(reply.code()).as(reply.body().toString()).isEqualTo(201);
        model.created(new State(name, 0, Map.of(key, value), "", false, false),
                State.of(reply.body()));
        remember(step, name, reply.body());
    }

    private void deleteAsRead(Step step, String name) {
        ObjectNode copy = remembered.get(step.client() + name);
        if (copy == null) {
            return;
        }
        ObjectNode options = Json.object();
        options.putObject("preconditions").put("resourceVersion",
                copy.at("/metadata/resourceVersion").asText());
        boolean stale = model.find(name)
                .filter(state -> state.version() != State.of(copy).version()).isPresent();
        if (stale) {
            refused(server.delete(name, options), 409, "Conflict");
        } else {
            delete(name, options);
        }
    }

    private void delete(String name, JsonNode options) {
        Reply reply = server.delete(name, (ObjectNode) options);
        if (model.find(name).isEmpty()) {
            refused(reply, 404, "NotFound");
            return;
        }
        assertThat(reply.code()).as(reply.body().toString()).isEqualTo(200);
        if (model.find(name).get().held()) {
            model.changed(name, state -> new State(name, 0, state.data(), state.half(), true,
                    true), State.of(reply.body()));
        } else {
            gone(name);
        }
    }

    private void release(Step step, String name) {
        Reply reply = server.merge(name, json("{'metadata':{'finalizers':null}}"));
        if (model.find(name).filter(State::going).isPresent()) {
            assertThat(reply.code()).as(reply.body().toString()).isEqualTo(200);
            gone(name);
        } else {
            patched(step, name, state -> new State(name, 0, state.data(), state.half(), false,
                    false), reply);
        }
    }

    private void gone(String name) {
        refused(server.get("/" + name), 404, "NotFound");
        model.removed(name, server.get("?limit=1").version());
    }

    /// A change of an object that may be there.
    private void patched(Step step, String name, UnaryOperator<State> edit, Reply reply) {
        if (model.find(name).isEmpty()) {
            refused(reply, 404, "NotFound");
            return;
        }
        assertThat(reply.code()).as(reply.body().toString()).isEqualTo(200);
        model.changed(name, edit, State.of(reply.body()));
        remember(step, name, reply.body());
    }

    private void remember(Step step, String name, JsonNode object) {
        remembered.put(step.client() + name, (ObjectNode) object);
    }

    private static void refused(Reply reply, int code, String reason) {
        assertThat(reply.code()).as(reply.body().toString()).isEqualTo(code);
        assertThat(reply.body().path("reason").asText()).isEqualTo(reason);
    }

    private static ObjectNode object(String name, String value, String side, boolean held) {
        return (ObjectNode) json("""
                {'metadata':{'name':'%s','labels':{'half':'%s'},'finalizers':[%s]},
                 'data':{'c':'%s'}}""".formatted(
                        name, side, held ? "'orrery.dev/hold'" : "", value));
    }

    private static JsonNode json(String text) {
        return Json.read(text.replace('\'', '"').getBytes(
                java.nio.charset.StandardCharsets.UTF_8));
    }
}
