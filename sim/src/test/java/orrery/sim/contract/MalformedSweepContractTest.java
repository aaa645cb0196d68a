package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import orrery.sim.contract.Api.Reply;
import orrery.sim.type.Json;
import orrery.sim.type.ResourceType;
import orrery.sim.type.Schema;
import orrery.sim.type.Types;
import org.junit.jupiter.api.Test;

/// Every type, every verb, every odd input: an answer comes, it is no failure of the server's,
/// and where it is a refusal it is a `Status` with a reason. Real servers answer 500 to some.
class MalformedSweepContractTest {
    private static final List<String> BODIES = List.of("", "{", "[]", "5", "\"x\"", "null", "{}",
            "{\"metadata\":null}", "{\"metadata\":[]}", "{\"metadata\":{\"name\":5}}",
            "{\"metadata\":{\"name\":\"../x\"}}", "{\"metadata\":{\"name\":{}}}",
            "{\"metadata\":{\"name\":\"x\",\"labels\":[]}}", "{\"apiVersion\":5,\"kind\":[]}",
            "{\"metadata\":{\"name\":\"x\",\"managedFields\":[{\"fieldsV1\":[]}]}}",
            "{\"metadata\":{\"name\":\"x\",\"ownerReferences\":[null,5]}}",
            "{\"metadata\":{\"name\":\"x\",\"finalizers\":{}}}",
            "{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"y\"}}",
            "{\"metadata\":{\"name\":\"x\"},\"spec\":[]}",
            "{\"metadata\":{\"name\":\"x\"},\"spec\":null,\"status\":5}",
            "k8s\0\n\u0010\n\u0002v1\u0012\u0003Pod\u0012\u007f", "a: [b", "- x");
    private static final List<String> FORMATS = List.of("application/json", "application/yaml",
            "application/vnd.kubernetes.protobuf", "application/json-patch+json",
            "application/merge-patch+json", "application/strategic-merge-patch+json",
            "application/apply-patch+yaml", "text/html", "no type at all", "");
    private static final List<String> QUERIES = List.of("limit=-1", "limit=x", "limit=99999999999",
            "continue=%00", "continue=AAAA", "resourceVersion=x", "resourceVersion=-5",
            "labelSelector=" + coded("a in (b"), "labelSelector=" + coded("!,,"),
            "labelSelector=" + coded("a=" + "b".repeat(90)), "fieldSelector=" + coded("=x"),
            "fieldSelector=" + coded("a.b.c=d"), "fieldSelector=" + coded("metadata.name"),
            "dryRun=Some", "fieldValidation=Maybe", "fieldManager=" + "m".repeat(200),
            "force=perhaps", "propagationPolicy=Never", "gracePeriodSeconds=x", "pretty=%ff",
            "timeoutSeconds=x&watch=1&resourceVersion=%00", "%3d=%26", "a=%E0%A4");
    private static final List<String> VALUES = List.of("null", "5", "-1", "1.5", "1e300",
            "\"\"", "\"x\"", "\"\\u0000\"", "true", "[]", "[null]", "[5]", "[[]]", "[{}]", "{}",
            "{\"a\":{\"b\":[]}}", "\"%\"", "99999999999999999999");
    private static final int TRIES = 25;

    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final List<String> wrong = new ArrayList<>();

    @Test
    @Needs(simulation = true)
    void answersOddBodiesOfEveryFormat() {
        for (ResourceType type : Types.builtIn().all()) {
            for (int i = 0; i < BODIES.size(); i++) {
                String format = FORMATS.get(i % FORMATS.size());
                ask("POST", path(type, ""), "application/json", BODIES.get(i));
                ask("POST", path(type, ""), format, BODIES.get(i));
                ask("PUT", path(type, "/odd"), "application/json", BODIES.get(i));
                ask("DELETE", path(type, "/odd"), format, BODIES.get(i));
                ask("PATCH", path(type, "/odd"), FORMATS.get(3 + i % 4), BODIES.get(i));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    @Needs(simulation = true)
    void answersOddQueriesAndVerbs() {
        for (ResourceType type : Types.builtIn().all()) {
            for (String query : QUERIES) {
                ask("GET", path(type, "") + "?" + query, "", "");
                ask("GET", path(type, "/odd") + "?" + query, "", "");
                ask("PATCH", path(type, "/odd") + "?" + query, "application/merge-patch+json",
                        "{}");
            }
            for (String verb : List.of("OPTIONS", "TRACE", "PURGE", "HEAD")) {
                ask(verb, path(type, ""), "", "");
            }
            for (String sub : List.of("status", "scale", "log", "exec", "eviction", "binding",
                    "token", "finalize", "ephemeralcontainers", "proxy", "nothing")) {
                ask("GET", path(type, "/odd/" + sub), "", "");
                ask("POST", path(type, "/odd/" + sub), "application/json", "[]");
                ask("PUT", path(type, "/odd/" + sub), "application/json", "{\"spec\":[]}");
            }
        }
        assertThat(wrong).isEmpty();
    }

    /// Values of the wrong kind in fields that the type has, some deep within.
    @Test
    @Needs(simulation = true)
    void answersOddValuesInAnyField() {
        Random random = new Random(11);
        for (ResourceType type : Types.builtIn().all()) {
            for (int i = 0; i < TRIES; i++) {
                ObjectNode object = Json.object();
                object.putObject("metadata").put("name", "odd-" + i);
                for (int fields = 0; fields < 3; fields++) {
                    plant(object, type.schema(), random, 0);
                }
                ask("POST", path(type, "") + "?dryRun=All", "application/json",
                        object.toString());
                ask("PATCH", path(type, "/odd") + "?fieldManager=me&dryRun=All",
                        "application/apply-patch+yaml", object.put("kind", type.kind())
                                .put("apiVersion", type.apiVersion()).toString());
            }
        }
        assertThat(wrong).isEmpty();
    }

    /// Merges an odd value into an object of each type that is there and good.
    @Test
    @Needs(simulation = true)
    void answersOddPatchesOfWhatIsThere() {
        Random random = new Random(12);
        for (String[] one : Sound.OBJECTS) {
            ResourceType type = Types.builtIn().all().stream()
                    .filter(t -> t.key().equals(one[0])).findFirst().orElseThrow();
            Reply made = api.send("POST", path(type, ""), "application/yaml", one[1]);
            assertThat(made.code()).as("%s: %s", one[0], made.body()).isEqualTo(201);
            String object = path(type, "/" + made.text("/metadata/name"));
            for (int i = 0; i < TRIES; i++) {
                ObjectNode patch = Json.object();
                plant(patch, type.schema(), random, 0);
                for (String format : List.of("application/merge-patch+json",
                        "application/strategic-merge-patch+json")) {
                    ask("PATCH", object + "?dryRun=All", format, patch.toString());
                    ask("PATCH", object + "/status?dryRun=All", format, patch.toString());
                }
                ObjectNode whole = (ObjectNode) made.body().deepCopy();
                plant(whole, type.schema(), random, 0);
                ask("PUT", object + "?dryRun=All", "application/json", whole.toString());
            }
            ask("DELETE", object, "", "");
        }
        assertThat(wrong).isEmpty();
    }

    /// Puts an odd value somewhere below: the deeper the less often.
    private static void plant(ObjectNode object, Schema schema, Random random, int depth) {
        List<String> fields = new ArrayList<>(schema.properties().keySet());
        fields.removeIf(field -> depth == 0 && List.of("apiVersion", "kind").contains(field));
        if (fields.isEmpty()) {
            object.set("odd", Json.read("5".getBytes(StandardCharsets.US_ASCII)));
            return;
        }
        String field = fields.get(random.nextInt(fields.size()));
        Schema child = schema.field(field);
        boolean deeper = depth < 6 && random.nextInt(4) > 0;
        if (deeper && child.type().equals("object")) {
            plant(Json.child(object, field), child, random, depth + 1);
        } else if (deeper && child.type().equals("array")
                && child.items().type().equals("object")) {
            plant(object.withArray("/" + field, JsonNode.OverwriteMode.ALL, true).addObject(),
                    child.items(), random, depth + 1);
        } else {
            String value = VALUES.get(random.nextInt(VALUES.size()));
            object.set(field, Json.read(value.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private String path(ResourceType type, String rest) {
        return (type.group().isEmpty() ? "/api/" : "/apis/") + type.apiVersion()
                + (type.namespaced() ? "/namespaces/" + namespace : "") + "/" + type.plural()
                + rest;
    }

    private void ask(String verb, String path, String format, String body) {
        String what = verb + " " + path + " " + format + " " + body;
        try {
            Reply reply = api.send(verb, path, format,
                    body.getBytes(StandardCharsets.ISO_8859_1), api.token());
            boolean refused = reply.code() >= 400;
            boolean good = reply.code() < 500 || List.of(501, 504).contains(reply.code());
            boolean told = !refused || verb.equals("HEAD")
                    || reply.text("/kind").equals("Status") && !reply.reason().isEmpty()
                            && reply.body().path("code").asInt() == reply.code();
            if (!good || !told) {
                wrong.add(reply.code() + " " + reply.body() + " to " + what);
            }
        } catch (RuntimeException silent) {
            wrong.add(silent + " to " + what);
        }
    }

    private static String coded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
