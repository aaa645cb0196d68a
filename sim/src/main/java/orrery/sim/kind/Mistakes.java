package orrery.sim.kind;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import orrery.sim.type.Refusal.Cause;

/// Collects what is wrong with an object, each with the path of its field.
final class Mistakes {
    private final List<Cause> causes = new ArrayList<>();

    List<Cause> causes() {
        return causes;
    }

    void invalid(String field, Object value, String detail) {
        causes.add(new Cause("FieldValueInvalid",
                "Invalid value: " + quoted(value) + ": " + detail, field));
    }

    void required(String field, String detail) {
        causes.add(new Cause("FieldValueRequired",
                "Required value" + (detail.isEmpty() ? "" : ": " + detail), field));
    }

    void duplicate(String field, Object value) {
        causes.add(new Cause("FieldValueDuplicate", "Duplicate value: " + quoted(value), field));
    }

    void notFound(String field, Object value) {
        causes.add(new Cause("FieldValueNotFound", "Not found: " + quoted(value), field));
    }

    void forbidden(String field, String detail) {
        causes.add(new Cause("FieldValueForbidden", "Forbidden: " + detail, field));
    }

    /// Refuses a text that is there and does not match.
    void matches(String field, JsonNode value, Pattern pattern, String detail) {
        if (value.isTextual() && !pattern.matcher(value.asText()).matches()) {
            invalid(field, value.asText(), detail);
        }
    }

    void between(String field, JsonNode value, long least, long most) {
        if (value.isNumber() && (value.asLong() < least || value.asLong() > most)) {
            invalid(field, value, most == Long.MAX_VALUE
                    ? "must be greater than or equal to " + least
                    : "must be between " + least + " and " + most + ", inclusive");
        }
    }

    void oneOf(String field, JsonNode value, String... allowed) {
        if (value.isTextual() && !List.of(allowed).contains(value.asText())) {
            causes.add(new Cause("FieldValueNotSupported", "Unsupported value: \"%s\": supported"
                    .formatted(value.asText()) + " values: \""
                    + String.join("\", \"", allowed) + "\"", field));
        }
    }

    private static String quoted(Object value) {
        return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
    }
}
