package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import orrery.kit.http.Json;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Route;
import orrery.kit.http.Routes;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;

/// The documents as they are served: to whom, and whether they say of lists what lists do.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class DocumentsApiTest {
    private static final String CLOUD = "/openapi/cloud.yaml";
    private static final String WHOLE = CLOUD + "?visibility=internal";

    private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(
            Dialects.getDraft202012(), all -> all
                    .schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true).locale(Locale.ROOT).build())
                    .schemaCacheEnabled(false));

    @TestHTTPResource
    URI server;

    @Inject
    Routes routes;

    private Neighbours all;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
    }

    private static JsonNode document(Visitor.Heard heard) {
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(200);
        return Json.shared().valueToTree(new Load(LoadSettings.builder()
                .setMaxAliasesForCollections(0).setCodePointLimit(1 << 26).build())
                .loadFromString(heard.raw().body()));
    }

    /// The invitations to oneself are for who has a proved address, which nobody has here.
    static boolean isList(Route route) {
        return route.surface() == Cloud.class && route.method().equals("GET")
                && route.handler() != null && route.api() != ProbesApi.class
                && List.of(route.handler().getParameterTypes()).contains(PageAsk.class)
                && !route.template().matches(".*(/auth|\\{region})/invitations");
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asText).sorted().toList();
    }

    @Test
    void everybodyReadsWhatIsForEverybody() {
        var whole = document(all.owner().get(WHOLE));
        var open = Visitor.of(server).get(CLOUD);
        var shown = document(open);
        whole.path("paths").properties().forEach(path -> path.getValue().properties().forEach(
                operation -> assertThat(shown.path("paths").path(path.getKey())
                        .has(operation.getKey())).as(operation.getKey() + " " + path.getKey())
                        .isEqualTo(texts(operation.getValue().path("x-visibility"))
                                .contains("public"))));
        assertThat(shown.path("paths").has("/v1/regions/{region}/stacks")).isTrue();
        assertThat(shown.path("paths").has("/v1/regions/global/pools")).isFalse();
        assertThat(shown.at("/components/schemas").has("PoolsView")).isFalse();
        for (var schema : List.of("NetworksView", "NetworksChange")) {
            var fields = "/components/schemas/" + schema + "/properties";
            assertThat(shown.at(fields).has("description")).isTrue();
            assertThat(shown.at(fields).has("vlanIds")).isFalse();
            assertThat(whole.at(fields).has("vlanIds")).isTrue();
        }
        for (var other : List.of(all.stranger().get(CLOUD), all.owner().get(CLOUD),
                all.owner().get(CLOUD + "?visibility=public"))) {
            assertThat(other.raw().body()).isEqualTo(open.raw().body());
        }
    }

    @Test
    void onlyOperatorsReadTheRest() {
        assertThat(Visitor.of(server).get(WHOLE).status()).isEqualTo(404);
        assertThat(all.stranger().get(WHOLE).status()).isEqualTo(404);
        assertThat(all.owner().get(CLOUD + "?visibility=secret").status()).isEqualTo(400);
        assertThat(all.owner().get("/openapi/nothing.yaml").status()).isEqualTo(404);
    }

    /// What a list refuses, it says what it takes instead; the document says the same.
    @Test
    void listsAreFilteredSortedAndExpandedAsTheDocumentSays() {
        var specimens = Specimens.on(server);
        var document = document(all.owner().get(WHOLE));
        var wrong = new ArrayList<String>();
        var lists = routes.all().stream().filter(DocumentsApiTest::isList).toList();
        assertThat(lists).hasSizeGreaterThan(35);
        for (var route : lists) {
            var operation = document.path("paths").path(route.template()).path("get");
            var path = specimens.path(route.template());
            compare(wrong, path + "?nosuch=1", texts(operation.path("x-filters")).stream()
                    .map(name -> name.replace(".KEY", "")).toList());
            compare(wrong, path + "?sort=nosuch", texts(operation.path("x-sorts")));
            if (operation.has("x-expands")) {
                var names = texts(operation.path("x-expands"));
                compare(wrong, path + "?expand=nosuch", names);
                var whole = all.owner().get(path + "?expand=" + String.join(",", names));
                if (whole.status() != 200) {
                    wrong.add(path + " does not expand: " + whole.raw().body());
                }
            }
            var named = operation.path("parameters").findValuesAsText("name");
            texts(operation.path("x-filters")).stream().filter(name -> !name.endsWith(".KEY")
                            && !named.contains(name) && !named.contains(name + "[gte]"))
                    .forEach(name -> wrong.add(path + " " + name));
        }
        assertThat(wrong).as("say @Page.Of").isEmpty();
    }

    /// Each answer about one of everything, and each list of it, has what the document says and
    /// nothing besides.
    @Test
    void answersAreAsTheDocumentSays() {
        var specimens = Specimens.on(server);
        var document = document(all.owner().get(WHOLE));
        closed(document);
        var paths = Stream.concat(specimens.all().map(Specimens.Specimen::path),
                routes.all().stream().filter(DocumentsApiTest::isList)
                        .map(route -> specimens.path(route.template()))).distinct().toList();
        assertThat(paths).hasSizeGreaterThan(70);
        var wrong = new ArrayList<String>();
        for (var path : paths) {
            var heard = all.owner().get(path);
            assertThat(heard.status()).as(heard.raw().body()).isEqualTo(200);
            wrong.addAll(wrongIn(document, "GET", path, 200, heard.json()));
        }
        specimens.all().filter(one -> one.made() != null).forEach(one -> wrong.addAll(
                wrongIn(document, "POST", one.asked(), one.made().status(), one.made().json())));
        assertThat(wrong).isEmpty();
        var more = (ObjectNode) all.owner().get(paths.getFirst()).json();
        ((ObjectNode) more.path("data")).put("colour", "red").remove("name");
        assertThat(wrongIn(document, "GET", paths.getFirst(), 200, more)).as("it would be seen")
                .hasSize(2);
    }

    private List<String> wrongIn(
            JsonNode document, String method, String path, int status, JsonNode answer) {
        var template = routes.match(method, path).route().template();
        var said = document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT))
                .path("responses").path(Integer.toString(status))
                .at("/content/application~1json/schema");
        assertThat(said.isObject()).as(method + " " + template + " " + status).isTrue();
        var schema = ((ObjectNode) said).deepCopy();
        schema.set("components", document.path("components"));
        return SCHEMAS.getSchema(schema.toString(), InputFormat.JSON)
                .validate(answer.toString(), InputFormat.JSON).stream()
                .map(error -> method + " " + template + " " + error).toList();
    }

    /// What a schema does not name is wrong.
    private static void closed(JsonNode schema) {
        if (schema instanceof ObjectNode object && object.path("properties").isObject()
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        schema.forEach(DocumentsApiTest::closed);
    }

    private void compare(List<String> wrong, String path, List<String> documented) {
        var heard = all.owner().get(path);
        var allowed = texts(heard.json().at("/error/details/allowed"));
        if (heard.status() != 400 || !allowed.equals(documented)) {
            wrong.add(path + " is answered " + heard.raw().body() + ", documented " + documented);
        }
    }
}
