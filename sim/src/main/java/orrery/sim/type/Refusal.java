package orrery.sim.type;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// How this server refuses: a Kubernetes `Status` (meta/v1) with code, reason, message and causes.
public final class Refusal extends RuntimeException {
    private final int code;
    private final String reason;
    private final transient ResourceRef subject;
    private final transient List<Cause> causes;

    /// One mistake: its reason (`FieldValueInvalid`, …), what is wrong, and the field's path.
    public record Cause(String reason, String message, String field) {}

    /// What a refusal speaks of; `resource` is `plural.group`, and any part may be empty.
    public record ResourceRef(String group, String resource, String kind, String name) {
        static final ResourceRef NONE = new ResourceRef("", "", "", "");

        public String qualified() {
            return group.isEmpty() ? resource : resource + "." + group;
        }
    }

    public Refusal(int code, String reason, String message, ResourceRef subject,
            List<Cause> causes) {
        super(message, null, false, false);
        this.code = code;
        this.reason = reason;
        this.subject = subject;
        this.causes = List.copyOf(causes);
    }

    /// The HTTP status code.
    public int code() {
        return code;
    }

    /// The machine-readable reason: `NotFound`, `Conflict`, …
    public String reason() {
        return reason;
    }

    public List<Cause> causes() {
        return causes;
    }

    public static Refusal badRequest(String message) {
        return plain(400, "BadRequest", message);
    }

    public static Refusal plain(int code, String reason, String message) {
        return new Refusal(code, reason, message, ResourceRef.NONE, List.of());
    }

    public static Refusal notFound(ResourceRef what) {
        return new Refusal(404, "NotFound",
                "%s \"%s\" not found".formatted(what.qualified(), what.name()), what, List.of());
    }

    public static Refusal alreadyExists(ResourceRef what) {
        return new Refusal(409, "AlreadyExists",
                "%s \"%s\" already exists".formatted(what.qualified(), what.name()), what,
                List.of());
    }

    public static Refusal conflict(ResourceRef what, String message) {
        return new Refusal(409, "Conflict", "Operation cannot be fulfilled on %s \"%s\": %s"
                .formatted(what.qualified(), what.name(), message), what, List.of());
    }

    public static Refusal forbidden(ResourceRef what, String message) {
        return new Refusal(403, "Forbidden", "%s \"%s\" is forbidden: %s"
                .formatted(what.qualified(), what.name(), message), what, List.of());
    }

    /// 403 for new content in a namespace that is being deleted.
    public static Refusal terminating(ResourceRef what, String namespace) {
        String why = "unable to create new content in namespace %s because it is being terminated"
                .formatted(namespace);
        return new Refusal(403, "Forbidden", "%s \"%s\" is forbidden: %s"
                .formatted(what.qualified(), what.name(), why), what,
                List.of(new Cause("NamespaceTerminating",
                        "namespace " + namespace + " is being terminated",
                        "metadata.namespace")));
    }

    /// 422 that names every bad field.
    public static Refusal invalid(ResourceRef what, List<Cause> causes) {
        StringBuilder text = new StringBuilder();
        for (Cause cause : causes) {
            text.append(text.isEmpty() ? "" : ", ");
            text.append(cause.field()).append(": ").append(cause.message());
        }
        String kind = what.group().isEmpty() ? what.kind() : what.kind() + "." + what.group();
        String all = causes.size() == 1 ? text.toString() : "[" + text + "]";
        return new Refusal(422, "Invalid",
                "%s \"%s\" is invalid: %s".formatted(kind, what.name(), all), what, causes);
    }

    /// The `Status` object that goes over the wire.
    public ObjectNode status() {
        ObjectNode status = Json.object();
        status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
        status.put("status", "Failure").put("message", getMessage()).put("reason", reason);
        ObjectNode details = Json.object();
        put(details, "name", subject.name());
        put(details, "group", subject.group());
        put(details, "kind", code == 422 ? subject.kind() : subject.resource());
        if (!causes.isEmpty()) {
            ArrayNode list = details.putArray("causes");
            for (Cause cause : causes) {
                ObjectNode one = list.addObject();
                one.put("reason", cause.reason()).put("message", cause.message());
                put(one, "field", cause.field());
            }
        }
        // Clients look into those of a 404 without asking whether there are any.
        if (!details.isEmpty() || code == 404) {
            status.set("details", details);
        }
        return status.put("code", code);
    }

    private static void put(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }
}
