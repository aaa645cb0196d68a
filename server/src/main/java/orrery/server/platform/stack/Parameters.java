package orrery.server.platform.stack;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.path.NodePath;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import orrery.kit.Mistakes;
import orrery.kit.Problem.Mistake;

/// What parameters a stack takes: a JSON Schema (draft 2020-12) of an object that names each one.
///
/// The schema is a stranger's, and whoever validates by it follows it: it refers to nothing but
/// itself, never in a circle, and stays small when its references are followed.
final class Parameters {
    private static final int LONGEST = 1 << 16;
    private static final int DEEPEST = 16;
    private static final int MOST_NAMES = 100;
    private static final int MOST_REFERENCES = 20;
    private static final int HEAVIEST = 10_000;
    private static final int LONGEST_PATTERN = 500;
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,62}");

    /// Keywords by which a schema could mean another than itself.
    private static final Set<String> FOREIGN = Set.of("$id", "$anchor", "$dynamicRef",
            "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary");

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDialect(
            Dialects.getDraft202012(), all -> all
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true).locale(Locale.ROOT).build())
                    .schemaCacheEnabled(false)
                    .schemaLoader(it -> it.fetchRemoteResources(false).block(
                            iri -> !iri.toString().startsWith("https://json-schema.org/"))));
    private static final Schema OF_SCHEMAS =
            REGISTRY.getSchema(SchemaLocation.of(DialectId.DRAFT_2020_12));

    private final ObjectNode schema;

    Parameters(ObjectNode schema) {
        this.schema = schema;
    }

    /// The names of the parameters.
    Set<String> names() {
        var names = new LinkedHashSet<String>();
        schema.path("properties").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /// Notes what is wrong with the schema, and where.
    void check(Mistakes mistakes, String field) {
        if (schema.toString().length() > LONGEST || depth(schema) > DEEPEST) {
            mistakes.add(field, "must have at most " + LONGEST + " characters and be at most "
                    + DEEPEST + " levels deep");
            return;
        }
        int before = mistakes.found().size();
        var draft = schema.path("$schema").asText(DialectId.DRAFT_2020_12);
        mistakes.unless(draft.equals(DialectId.DRAFT_2020_12), field + ".$schema",
                        "must be " + DialectId.DRAFT_2020_12)
                .unless(schema.path("type").asText().equals("object"), field + ".type",
                        "must be object: parameters have names")
                .unless(names().size() <= MOST_NAMES, field + ".properties",
                        "may be at most " + MOST_NAMES);
        names().forEach(name -> mistakes.unless(NAME.matcher(name).matches(),
                field + ".properties." + name, "must begin with a letter and have at most 63"
                        + " letters, digits, '-' and '_'"));
        if (mistakes.found().size() == before) {
            errors(OF_SCHEMAS, schema, field)
                    .forEach(it -> mistakes.add(it.field(), it.message()));
        }
        if (mistakes.found().size() == before) {
            new Walk(mistakes, field).into(schema, field);
        }
    }

    /// What is wrong with parameters.
    ///
    /// @param given the defaults among them
    /// @param whole whether those that are required must be there
    List<Mistake> wrongIn(ObjectNode given, String field, boolean whole) {
        if (given.toString().length() > LONGEST || depth(given) > DEEPEST) {
            return List.of(new Mistake(field, "must have at most " + LONGEST + " characters and be"
                    + " at most " + DEEPEST + " levels deep"));
        }
        var known = names();
        var wrong = new LinkedHashSet<Mistake>();
        given.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                wrong.add(new Mistake(field + "." + name, "is no parameter of this stack; it has "
                        + (known.isEmpty() ? "none" : String.join(", ", known))));
            }
        });
        var compiled = REGISTRY.getSchema(schema.toString(), InputFormat.JSON);
        for (var error : compiled.validate(given.toString(), InputFormat.JSON)) {
            boolean top = error.getInstanceLocation().getNameCount() == 0;
            var keyword = error.getKeyword();
            boolean lacking = top && "required".equals(keyword);
            boolean unknown = top && ("additionalProperties".equals(keyword)
                    || "unevaluatedProperties".equals(keyword));
            if (!unknown && (whole || !lacking)) {
                wrong.add(mistake(error, field));
            }
        }
        return List.copyOf(wrong);
    }

    private static List<Mistake> errors(Schema by, JsonNode value, String field) {
        return by.validate(value.toString(), InputFormat.JSON).stream()
                .map(error -> mistake(error, field)).distinct().toList();
    }

    private static Mistake mistake(Error error, String field) {
        var at = path(field, error.getInstanceLocation());
        return "required".equals(error.getKeyword())
                ? new Mistake(at + "." + error.getProperty(), "is required")
                : new Mistake(at, error.getMessage());
    }

    private static String path(String field, NodePath place) {
        var path = new StringBuilder(field);
        for (int i = 0; i < place.getNameCount(); i++) {
            path.append(place.getElement(i) instanceof Integer index
                    ? "[" + index + "]" : "." + place.getName(i));
        }
        return path.toString();
    }

    private static int depth(JsonNode node) {
        int deepest = 0;
        for (var child : node) {
            deepest = Math.max(deepest, depth(child));
        }
        return deepest + 1;
    }

    /// Goes where a validator would go.
    private final class Walk {
        private final Mistakes mistakes;
        private final String root;
        private final Deque<String> open = new ArrayDeque<>();
        private int weight;

        Walk(Mistakes mistakes, String root) {
            this.mistakes = mistakes;
            this.root = root;
        }

        void into(JsonNode node, String at) {
            if (++weight > HEAVIEST) {
                if (weight == HEAVIEST + 1) {
                    mistakes.add(root, "is too large when its references are followed");
                }
                return;
            }
            for (var part : new ArrayList<>(node.properties())) {
                var name = part.getKey();
                var value = part.getValue();
                var here = at + "." + name;
                if (FOREIGN.contains(name) && !value.isObject()) {
                    mistakes.add(here, "is not taken: a schema here means itself alone");
                } else if (name.equals("$ref") && value.isTextual()) {
                    follow(value.textValue(), here);
                } else if (name.equals("pattern") && value.isTextual()) {
                    pattern(value.textValue(), here);
                } else {
                    if (name.equals("patternProperties")) {
                        value.fieldNames().forEachRemaining(it -> pattern(it, here));
                    }
                    into(value, here);
                }
            }
            if (node.isArray()) {
                for (int i = 0; i < node.size(); i++) {
                    into(node.get(i), at + "[" + i + "]");
                }
            }
        }

        private void follow(String reference, String at) {
            if (!reference.startsWith("#/")) {
                mistakes.add(at, "must lead into this schema, such as #/$defs/size: nothing is"
                        + " fetched, and nothing may hold itself");
                return;
            }
            var target = target(reference);
            if (target.isMissingNode()) {
                mistakes.add(at, "leads nowhere: " + reference);
            } else if (open.contains(reference) || open.size() >= MOST_REFERENCES) {
                mistakes.add(at, "leads back to itself, or through more than " + MOST_REFERENCES
                        + " references");
            } else {
                open.push(reference);
                into(target, root + reference.substring(1).replace('/', '.'));
                open.pop();
            }
        }

        private JsonNode target(String reference) {
            try {
                return schema.at(JsonPointer.compile(reference.substring(1)));
            } catch (IllegalArgumentException none) {
                return schema.missingNode();
            }
        }

        private void pattern(String pattern, String at) {
            try {
                mistakes.unless(pattern.length() <= LONGEST_PATTERN, at,
                        "must have at most " + LONGEST_PATTERN + " characters");
                Pattern.compile(pattern);
            } catch (PatternSyntaxException wrong) {
                mistakes.add(at, "is no regular expression: " + wrong.getDescription());
            }
        }
    }
}
