package orrery.sim.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import orrery.sim.kind.ScalerVersions;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.ResourceType;

/// Objects and lists as bytes, in the form and the version that were asked for.
record Rendering(ResourceType type, Format format, String includeObject, Clock clock) {

    static Rendering of(Call call, Target target) {
        return new Rendering(target.type(), Format.of(call), call.query("includeObject"),
                call.clock());
    }

    /// One object.
    byte[] object(Item item) {
        return switch (format) {
            case PLAIN -> plain(item);
            case TABLE -> table(item, true);
            case METADATA -> Json.write(metadata(item));
        };
    }

    /// One object as a watch event's; only a watch's first table names its columns.
    byte[] event(Item item, boolean first) {
        return format == Format.TABLE ? table(item, first) : object(item);
    }

    /// A list.
    ///
    /// @param meta `resourceVersion`, `continue`, `remainingItemCount`
    byte[] list(List<Item> items, ObjectNode meta) {
        if (format == Format.TABLE) {
            ObjectNode table = Tables.of(type, items, includeObject, true, clock.instant());
            table.set("metadata", meta);
            return Json.write(table);
        }
        boolean partial = format == Format.METADATA;
        String kind = partial ? "PartialObjectMetadataList" : type.listKind();
        String version = partial ? "meta.k8s.io/v1" : type.apiVersion();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("{\"kind\":\"" + kind + "\",\"apiVersion\":\"" + version
                + "\",\"metadata\":" + meta + ",\"items\":[").getBytes(StandardCharsets.UTF_8));
        boolean first = true;
        for (Item item : items) {
            if (!first) {
                out.write(',');
            }
            first = false;
            out.writeBytes(partial ? Json.write(metadata(item)) : plain(item));
        }
        out.writeBytes("]}".getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    private byte[] table(Item item, boolean columns) {
        return Json.write(
                Tables.of(type, List.of(item), includeObject, columns, clock.instant()));
    }

    /// The stored bytes, unless another version was asked for.
    private byte[] plain(Item item) {
        if (ScalerVersions.differs(type)) {
            return Json.write(ScalerVersions.served(item.copy()));
        }
        if (!type.custom() || item.tree().path("apiVersion").asText().equals(type.apiVersion())) {
            return item.json();
        }
        return Json.write(item.copy().put("apiVersion", type.apiVersion()));
    }

    static ObjectNode metadata(Item item) {
        ObjectNode partial = Json.object().put("kind", "PartialObjectMetadata")
                .put("apiVersion", "meta.k8s.io/v1");
        partial.set("metadata", item.tree().path("metadata"));
        return partial;
    }
}
