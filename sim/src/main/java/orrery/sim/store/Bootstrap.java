package orrery.sim.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Types;
import orrery.sim.type.Yaml;

/// The objects that every cluster has from its first moment. All clusters share these very
/// Items, so they cost each cluster no more than references; they are not on disk,
/// and a changed one is stored over them. As in Kubernetes, a deleted one is back after a restart:
/// until then its cluster stays in memory, where alone it is known to be gone.
final class Bootstrap {
    static final long VERSION = 1;
    static final List<Item> ITEMS = read();

    private static final Set<Key> KEYS =
            ITEMS.stream().map(Item::key).collect(Collectors.toUnmodifiableSet());

    private Bootstrap() {}

    static boolean has(Key key) {
        return KEYS.contains(key);
    }

    private static List<Item> read() {
        List<Item> items = new ArrayList<>();
        try (InputStream in = Bootstrap.class.getResourceAsStream("bootstrap.yaml")) {
            for (JsonNode one : Yaml.readAll(in.readAllBytes())) {
                items.add(item((ObjectNode) one));
            }
            return List.copyOf(items);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Item item(ObjectNode object) {
        ResourceType type = Types.builtIn().kind(
                object.path("apiVersion").asText(), object.path("kind").asText()).orElseThrow();
        ObjectNode metadata = (ObjectNode) object.get("metadata");
        Key key = new Key(type.key(), "", metadata.path("name").asText());
        metadata.put("uid", UUID.nameUUIDFromBytes(
                key.toString().getBytes(StandardCharsets.UTF_8)).toString());
        metadata.put("creationTimestamp", "2025-01-01T00:00:00Z");
        metadata.putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
        return Item.freeze(key, VERSION, object);
    }
}
