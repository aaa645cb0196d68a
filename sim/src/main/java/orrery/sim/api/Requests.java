package orrery.sim.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import orrery.sim.store.Deletion;
import orrery.sim.store.Deletion.Propagation;
import orrery.sim.store.Write;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;
import orrery.sim.type.Refusal.Cause;

/// What requests say beside their objects (meta/v1 ListOptions, CreateOptions, PatchOptions and
/// DeleteOptions), checked.
final class Requests {
    private static final int MAX_MANAGER = 128;

    private Requests() {}

    /// How a write is meant.
    static Write write(Call call) {
        String manager = call.query("fieldManager");
        List<Cause> mistakes = new ArrayList<>();
        if (manager.length() > MAX_MANAGER) {
            mistakes.add(new Cause("FieldValueTooLong",
                    "Too long: may not be more than " + MAX_MANAGER + " bytes", "fieldManager"));
        }
        if (manager.chars().anyMatch(c -> c < ' ' || c == 127)) {
            mistakes.add(new Cause("FieldValueInvalid",
                    "Invalid value: it has characters that cannot be printed", "fieldManager"));
        }
        refuse("PatchOptions", mistakes);
        if (manager.isEmpty()) {
            String agent = call.header("User-Agent");
            manager = agent.isEmpty() ? "unknown" : agent.split("/", 2)[0];
        }
        String validation = call.query("fieldValidation");
        if (!List.of("", "Ignore", "Warn", "Strict").contains(validation)) {
            throw Refusal.badRequest("fieldValidation: Unsupported value: \"" + validation
                    + "\": supported values: Ignore, Warn, Strict");
        }
        return new Write(manager, "", dryRun(call.query("dryRun")), validation.equals("Strict"),
                validation.equals("Ignore") ? null : new LinkedHashSet<>());
    }

    /// Refuses versions and matches that do not go together, and times that are none.
    ///
    /// @param watching whether a watch was asked for, not a list
    static void list(Call call, boolean watching) {
        call.number("timeoutSeconds", 0);
        String version = call.query("resourceVersion");
        String match = call.query("resourceVersionMatch");
        if (call.number("resourceVersion", 0) < 0) {
            throw Refusal.badRequest("resourceVersion: Invalid value: \"" + version + "\"");
        }
        if (!watching && !call.query("continue").isEmpty()
                && !List.of("", "0").contains(version)) {
            throw Refusal.badRequest(
                    "specifying resource version is not allowed when using continue");
        }
        List<Cause> mistakes = new ArrayList<>();
        if (!match.isEmpty() && watching && !call.flag("sendInitialEvents")) {
            mistakes.add(forbidden("resourceVersionMatch is forbidden for watch unless"
                    + " sendInitialEvents is provided"));
        } else if (!match.isEmpty() && !watching) {
            if (version.isEmpty()) {
                mistakes.add(forbidden("resourceVersionMatch is forbidden unless resourceVersion"
                        + " is provided"));
            }
            if (!call.query("continue").isEmpty()) {
                mistakes.add(forbidden("resourceVersionMatch is forbidden when continue is"
                        + " provided"));
            }
            if (match.equals("Exact") && version.equals("0")) {
                mistakes.add(forbidden("resourceVersionMatch \"exact\" is forbidden for"
                        + " resourceVersion \"0\""));
            }
        }
        if (!List.of("", "Exact", "NotOlderThan").contains(match)) {
            mistakes.add(new Cause("FieldValueNotSupported", "Unsupported value: \"" + match
                    + "\": supported values: \"Exact\", \"NotOlderThan\", \"\"",
                    "resourceVersionMatch"));
        }
        refuse("ListOptions", mistakes);
    }

    private static Cause forbidden(String why) {
        return new Cause("FieldValueForbidden", "Forbidden: " + why, "resourceVersionMatch");
    }

    private static void refuse(String kind, List<Cause> mistakes) {
        if (!mistakes.isEmpty()) {
            throw Refusal.invalid(
                    new Refusal.ResourceRef("meta.k8s.io", "", kind, ""), mistakes);
        }
    }

    /// DeleteOptions from the body, where there is one, and from the query.
    static Deletion deletion(Call call) {
        ObjectNode options = call.body().length == 0 ? Json.object() : Bodies.object(call);
        String kind = options.path("kind").asText("DeleteOptions");
        typed(kind.equals("DeleteOptions"), "kind \"" + kind + "\" is not DeleteOptions");
        String policy = text(options, "propagationPolicy", call.query("propagationPolicy"));
        boolean orphan = options.path("orphanDependents").asBoolean()
                || call.flag("orphanDependents");
        if (!policy.isEmpty() && options.has("orphanDependents")) {
            refuse("DeleteOptions", List.of(new Cause("FieldValueInvalid", "Invalid value: \""
                    + policy + "\": orphanDependents and deletionPropagation cannot be both set",
                    "propagationPolicy")));
        }
        Propagation propagation = switch (policy.toLowerCase(Locale.ROOT)) {
            case "" -> orphan ? Propagation.ORPHAN : Propagation.BACKGROUND;
            case "background" -> Propagation.BACKGROUND;
            case "foreground" -> Propagation.FOREGROUND;
            case "orphan" -> Propagation.ORPHAN;
            default -> throw Refusal.badRequest("propagationPolicy: Unsupported value: \""
                    + policy + "\": supported values: Foreground, Background, Orphan");
        };
        JsonNode grace = options.path("gracePeriodSeconds");
        typed(absent(grace) || grace.isIntegralNumber(), "gracePeriodSeconds is no whole number");
        long asked = call.number("gracePeriodSeconds", -1);
        Long seconds = grace.isIntegralNumber() ? Long.valueOf(grace.asLong())
                : asked >= 0 ? Long.valueOf(asked) : null;
        JsonNode conditions = options.path("preconditions");
        typed(absent(conditions) || conditions.isObject(), "preconditions is no object");
        JsonNode dry = options.path("dryRun");
        typed(absent(dry) || dry.isArray(), "dryRun is no list");
        boolean dryRun = dryRun(dry.isEmpty() ? call.query("dryRun") : "All");
        dry.forEach(one -> dryRun(one.asText()));
        return new Deletion(seconds, propagation, text(conditions, "uid", null),
                text(conditions, "resourceVersion", null), dryRun);
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static String text(JsonNode parent, String field, String otherwise) {
        JsonNode value = parent.path(field);
        typed(absent(value) || value.isTextual(), field + " is no text");
        return value.isTextual() ? value.asText() : otherwise;
    }

    private static void typed(boolean good, String why) {
        if (!good) {
            throw Refusal.badRequest("the DeleteOptions cannot be read: " + why);
        }
    }

    private static boolean dryRun(String value) {
        if (!List.of("", "All").contains(value)) {
            throw Refusal.badRequest("dryRun: Unsupported value: \"" + value
                    + "\": supported values: All");
        }
        return value.equals("All");
    }
}
