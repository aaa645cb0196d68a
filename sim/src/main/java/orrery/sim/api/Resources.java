package orrery.sim.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import orrery.sim.store.Cluster;
import orrery.sim.store.Deletion;
import orrery.sim.store.Item;
import orrery.sim.store.Write;
import orrery.sim.type.FieldSelector;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.Selector;

/// The plain verbs on objects and collections.
final class Resources {
    private static final int MAX_WARNINGS = 20;

    Answer get(Call call, Target target) {
        checkVersion(call, call.cluster().version());
        Item item = call.cluster()
                .require(target.type().key(), target.namespace(), target.name());
        return Answer.json(200, Rendering.of(call, target).object(item));
    }

    Answer list(Call call, Target target) {
        Requests.list(call, false);
        Rendering rendering = Rendering.of(call, target);
        Predicate<Item> filter = filter(call, target);
        long limit = Math.max(0, call.number("limit", 0));
        String token = call.query("continue");
        Continue from = token.isEmpty() ? null : Continue.decode(target.type().key(), token);
        if (from != null) {
            call.cluster().feed().requireRemembered(target.type().key(), from.version());
        }
        Cluster.Page page = call.cluster().list(target.type().key(), target.namespace(), filter,
                (int) Math.min(limit, Integer.MAX_VALUE), from == null ? null : from.after());
        checkVersion(call, page.version());
        long version = from == null ? page.version() : from.version();
        ObjectNode meta = Json.object().put("resourceVersion", Long.toString(version));
        if (page.more() != null) {
            meta.put("continue", new Continue(version, page.more()).encode());
        }
        if (page.remaining() > 0) {
            meta.put("remainingItemCount", page.remaining());
        }
        return Answer.json(200, rendering.list(page.items(), meta));
    }

    Answer watch(Call call, Target target) {
        Requests.list(call, true);
        return new Answer.Events(Watch.of(call, target, filter(call, target)));
    }

    Answer create(Call call, Target target) {
        ObjectNode object = Bodies.object(call, target);
        Write write = Requests.write(call);
        Item made = call.cluster().create(target.type().key(), object, write);
        return written(call, target, write, 201, made);
    }

    Answer update(Call call, Target target) {
        ObjectNode object = Bodies.object(call, target);
        Write write = Requests.write(call).on(target.subresource());
        return written(call, target, write, 200,
                call.cluster().update(target.type().key(), object, write));
    }

    Answer patch(Call call, Target target) {
        Write write = Requests.write(call).on(target.subresource());
        Patches.Outcome outcome = Patches.apply(call, target, write);
        return written(call, target, write, outcome.created() ? 201 : 200, outcome.item());
    }

    Answer delete(Call call, Target target) {
        Deletion deletion = Requests.deletion(call);
        Item last = call.cluster().delete(
                target.type().key(), target.namespace(), target.name(), deletion);
        Optional<Item> left = call.cluster()
                .get(target.type().key(), target.namespace(), target.name())
                .filter(item -> item.uid().equals(last.uid()));
        if (left.isPresent() && !deletion.dryRun() || target.type().answersRemoved()) {
            return Answer.json(200, Rendering.of(call, target).object(left
                    .filter(item -> !deletion.dryRun()).orElse(last)));
        }
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        ObjectNode details = status.put("status", "Success").putObject("details")
                .put("name", target.name());
        if (!target.type().group().isEmpty()) {
            details.put("group", target.type().group());
        }
        details.put("kind", target.type().plural()).put("uid", last.uid());
        return Answer.json(200, status);
    }

    Answer deleteAll(Call call, Target target) {
        Deletion deletion = Requests.deletion(call);
        String type = target.type().key();
        List<Item> items = call.cluster()
                .list(type, target.namespace(), filter(call, target), 0, null).items();
        for (Item item : items) {
            try {
                call.cluster().delete(type, item.namespace(), item.name(), deletion);
            } catch (Refusal gone) {
                if (gone.code() != 404) {
                    throw gone;
                }
            }
        }
        ObjectNode meta = Json.object()
                .put("resourceVersion", Long.toString(call.cluster().version()));
        return Answer.json(200, Rendering.of(call, target).list(items, meta));
    }

    private static Answer written(
            Call call, Target target, Write write, int code, Item item) {
        Answer.Body body = Answer.json(code, Rendering.of(call, target).object(item));
        if (write.warnings() == null || write.warnings().isEmpty()) {
            return body;
        }
        // RFC 9111, 5.5: code, who warns, and the words in quotes.
        String warnings = write.warnings().stream().limit(MAX_WARNINGS)
                .map(words -> "299 - \"" + words.replaceAll("[^ -~]", "?")
                        .replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(", "));
        return new Answer.Body(code, body.contentType(), body.bytes(),
                Map.of("Warning", warnings));
    }

    static Predicate<Item> filter(Call call, Target target) {
        Selector labels = Selector.parse(call.query("labelSelector"));
        FieldSelector fields =
                FieldSelector.parse(target.type(), call.query("fieldSelector"));
        String name = target.name();
        return item -> labels.test(item.labels())
                && (name.isEmpty() || item.name().equals(name))
                && (fields.isEmpty() || fields.test(item.tree()));
    }

    private static void checkVersion(Call call, long current) {
        long asked = call.number("resourceVersion", 0);
        if (asked > current) {
            throw Refusal.plain(504, "Timeout",
                    "Too large resource version: %d, current: %d".formatted(asked, current));
        }
        if (call.query("resourceVersionMatch").equals("Exact") && asked < current) {
            throw Refusal.plain(410, "Expired", "The resourceVersion for the provided list is too"
                    + " old: only the present one, " + current + ", can be listed");
        }
    }
}
