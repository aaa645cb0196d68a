package orrery.kit.http;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import com.fasterxml.jackson.module.blackbird.BlackbirdModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// JSON as we write and read it: every field always there, instants in UTC with milliseconds, the
/// constants of an enum in lower case, and limits on what strangers send.
public final class Json {
    /// Deeper, longer or wider than any honest body of ours.
    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(64)
            .maxStringLength(1 << 20)
            .maxNameLength(1_000)
            .maxNumberLength(100)
            .build();

    private static final ObjectMapper MAPPER = mapper();

    private Json() {}

    /// The mapper itself, for trees. It is shared: do not configure it.
    public static ObjectMapper shared() {
        return MAPPER;
    }

    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String text(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    /// Reads what we wrote ourselves. Bodies of strangers are read by [BodyReader].
    public static <T> T read(String json, Class<T> type) {
        try {
            return MAPPER.readValue(json, type);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectMapper mapper() {
        var factory = JsonFactory.builder()
                .streamReadConstraints(LIMITS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build();
        return JsonMapper.builder(factory)
                .addModule(new JavaTimeModule())
                // Calls what it would else reach by reflection.
                .addModule(new BlackbirdModule())
                .addModule(new SimpleModule().addSerializer(Instant.class, new Instants()))
                .annotationIntrospector(new LowerCaseEnums())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .visibility(com.fasterxml.jackson.annotation.PropertyAccessor.FIELD,
                        JsonAutoDetect.Visibility.ANY)
                .build();
    }

    private static final class Instants extends StdSerializer<Instant> {
        private static final long serialVersionUID = 1;

        Instants() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
                throws IOException {
            out.writeString(text(value));
        }

        /// Every item has several: a formatter takes ten times as long.
        private static String text(Instant value) {
            var at = value.atOffset(ZoneOffset.UTC);
            var year = at.getYear();
            if (year < 0 || year > 9999) {
                return DateTimeFormatter.ISO_INSTANT.format(value);
            }
            var text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);
            put(text, 4, year);
            put(text, 7, at.getMonthValue());
            put(text, 10, at.getDayOfMonth());
            put(text, 13, at.getHour());
            put(text, 16, at.getMinute());
            put(text, 19, at.getSecond());
            put(text, 23, at.getNano() / 1_000_000);
            return new String(text, StandardCharsets.ISO_8859_1);
        }

        /// @param end after the last digit
        private static void put(byte[] text, int end, int number) {
            for (int at = end - 1; number > 0; at--, number /= 10) {
                text[at] = (byte) ('0' + number % 10);
            }
        }
    }

    private static final class LowerCaseEnums extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public String[] findEnumValues(
                com.fasterxml.jackson.databind.cfg.MapperConfig<?> config,
                AnnotatedClass type, Enum<?>[] constants, String[] names) {
            var explicit = super.findEnumValues(config, type, constants, names);
            for (int i = 0; i < constants.length; i++) {
                if (explicit[i] == null) {
                    explicit[i] = constants[i].name().toLowerCase(Locale.ROOT);
                }
            }
            return explicit;
        }
    }
}
