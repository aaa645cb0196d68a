package orrery.kit.db;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.lang.reflect.Type;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.generic.GenericTypes;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/// How records look in `jsonb` columns. Not how they look on any wire: each surface has its own.
///
/// Components that are null are left out, times are ISO 8601 text, and what an older or newer
/// release has written beside the known components is ignored.
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new JavaTimeModule(), new Jdk8Module())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            // A record's questions about itself, `isAnonymous()`, are not its components.
            .disable(MapperFeature.AUTO_DETECT_IS_GETTERS)
            .defaultPropertyInclusion(JsonInclude.Value.construct(
                    JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    /// A reader of each type that was read: making one looks the type up anew.
    private static final Map<Type, ObjectReader> READERS = new ConcurrentHashMap<>();

    private Json() {}

    /// A copy of the mapper, to build another on.
    public static ObjectMapper mapper() {
        return MAPPER.copy();
    }

    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON for " + value.getClass().getName(), e);
        }
    }

    public static <T> T read(String text, Class<T> type) {
        return type.cast(readAs(text, type));
    }

    public static JsonNode tree(String text) {
        return read(text, JsonNode.class);
    }

    /// The value as an argument for a `jsonb` column: `bind("spec", Json.of(spec))`.
    public static PGobject of(Object value) {
        var object = new PGobject();
        object.setType("jsonb");
        try {
            object.setValue(value == null ? null : write(value));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return object;
    }

    /// What most columns of lists and maps hold needs no reader.
    private static @Nullable Object nothing(String text, Type type) {
        return switch (text) {
            case "[]" -> GenericTypes.getErasedType(type) == List.class ? List.of() : null;
            case "{}" -> GenericTypes.getErasedType(type) == Map.class ? Map.of() : null;
            default -> null;
        };
    }

    static Object readAs(String text, Type type) {
        var nothing = nothing(text, type);
        if (nothing != null) {
            return nothing;
        }
        try {
            return READERS.computeIfAbsent(type, _ -> MAPPER.readerFor(MAPPER.constructType(type)))
                    .readValue(text);
        } catch (JsonProcessingException e) {
            // The message holds the text, and the text may hold user data.
            throw new IllegalStateException("stored JSON is no "
                    + MAPPER.constructType(type).toCanonical()
                    + " at " + e.getLocation().offsetDescription());
        }
    }
}
