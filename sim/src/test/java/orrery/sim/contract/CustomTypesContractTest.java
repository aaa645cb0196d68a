package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// CustomResourceDefinitions and their objects.
class CustomTypesContractTest {
    private static final String CRDS =
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.contract.example.com}
            spec:
              group: contract.example.com
              scope: Namespaced
              names: {plural: widgets, kind: Widget, shortNames: [wd]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}, scale: {specReplicasPath: .spec.count,
                  statusReplicasPath: .status.count}}
                additionalPrinterColumns:
                - {name: Size, type: string, jsonPath: .spec.size}
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        required: [size]
                        properties:
                          size: {type: string, enum: [small, large]}
                          count: {type: integer, minimum: 0, default: 1}
                          parts:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [name]
                            items:
                              type: object
                              required: [name]
                              properties: {name: {type: string}, weight: {type: integer}}
                          free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      status:
                        type: object
                        properties: {count: {type: integer}}
            """;

    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String widgets =
            "/apis/contract.example.com/v1/namespaces/" + namespace + "/widgets";

    @BeforeEach
    void define() {
        api.apply(CRDS + "/widgets.contract.example.com?force=true", "contract", DEFINITION);
        await().atMost(Duration.ofSeconds(60)).until(() ->
                api.get(CRDS + "/widgets.contract.example.com").body().at("/status/conditions")
                        .toString().contains("\"Established\"") && api.get(widgets).code() == 200);
    }

    /// A server remembers a type's changes from its definition on; before that it knows none.
    @Test
    void endsAWatchWithAnErrorWhenTheVersionIsTooOld() {
        try (var events = api.watch(widgets + "?watch=1&timeoutSeconds=20&resourceVersion=1")) {
            var first = events.findFirst().orElseThrow();
            assertThat(first.path("code").asInt(first.at("/object/code").asInt())).isEqualTo(410);
        }
    }

    @Test
    void prunesAndDefaults() {
        Reply made = api.post(widgets, widget("a", "\"size\":\"small\",\"odd\":1,"
                + "\"free\":{\"any\":{\"thing\":1}}"));
        assertThat(made.code()).isEqualTo(201);
        assertThat(made.body().path("spec").has("odd")).isFalse();
        assertThat(made.text("/spec/count")).isEqualTo("1");
        assertThat(made.text("/spec/free/any/thing")).isEqualTo("1");
        assertThat(made.text("/metadata/generation")).isEqualTo("1");
    }

    @Test
    void namesEveryMistake() {
        Reply reply = api.post(widgets, widget("a", "\"size\":\"huge\",\"count\":-1"));
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.body().at("/details/causes").findValuesAsText("field"))
                .contains("spec.size", "spec.count");
        Reply type = api.post(widgets, widget("a", "\"size\":\"small\",\"count\":\"many\""));
        assertThat(type.text("/message")).contains("spec.count in body must be of type integer");
        assertThat(api.post(widgets, widget("a", "")).text("/details/causes/0/field"))
                .isEqualTo("spec.size");
    }

    @Test
    void keepsStatusApart() {
        api.post(widgets, widget("a", "\"size\":\"small\""));
        Reply status = api.send("PATCH", widgets + "/a/status", "application/merge-patch+json",
                "{\"status\":{\"count\":3},\"spec\":{\"size\":\"large\"}}");
        assertThat(status.text("/status/count")).isEqualTo("3");
        assertThat(status.text("/spec/size")).isEqualTo("small");
        assertThat(status.text("/metadata/generation")).isEqualTo("1");
        Reply spec = api.send("PATCH", widgets + "/a", "application/merge-patch+json",
                "{\"status\":{\"count\":9},\"spec\":{\"size\":\"large\"}}");
        assertThat(spec.text("/status/count")).isEqualTo("3");
        assertThat(spec.text("/metadata/generation")).isEqualTo("2");
    }

    @Test
    void mergesItsListsByTheirKeys() {
        String base = "apiVersion: contract.example.com/v1\nkind: Widget\nmetadata: {name: a}\n";
        api.apply(widgets + "/a", "one", base + "spec: {size: small, parts: [{name: x}]}");
        Reply both = api.apply(widgets + "/a", "two",
                base + "spec: {parts: [{name: z, weight: 2}]}");
        assertThat(both.body().at("/spec/parts").findValuesAsText("name"))
                .containsExactly("x", "z");
    }

    @Test
    void readsYamlAsOfOld() {
        Reply made = api.send("POST", widgets, "application/yaml", """
                apiVersion: contract.example.com/v1
                kind: Widget
                metadata: {name: old}
                spec: {size: small, free: {a: yes, b: Off, c: y, d: "y", e: 0644, f: 0o17}}
                """);
        assertThat(made.body().at("/spec/free").toString()).isEqualTo("""
                {"a":true,"b":false,"c":true,"d":"y","e":420,"f":15}""");
    }

    @Test
    void scalesByItsOwnPaths() {
        api.post(widgets, widget("a", "\"size\":\"small\""));
        api.send("PATCH", widgets + "/a/scale", "application/merge-patch+json",
                "{\"spec\":{\"replicas\":4}}");
        assertThat(api.get(widgets + "/a").text("/spec/count")).isEqualTo("4");
    }

    @Test
    void tellsOfItInDiscovery() {
        Reply group = api.get("/apis/contract.example.com/v1");
        assertThat(group.body().path("resources").findValuesAsText("name"))
                .contains("widgets", "widgets/status", "widgets/scale");
    }

    @Test
    @Needs(version = 27)
    void describesItInOpenApi() {
        assertThat(api.get("/openapi/v3/apis/contract.example.com/v1").body()
                .at("/components/schemas").toString()).contains("\"Widget\"");
    }

    @Test
    void refusesADefinitionThatIsNotStructural() {
        Reply reply = api.send("POST", CRDS, "application/yaml", DEFINITION
                .replace("widgets", "gadgets").replace("{type: object, x-k", "{x-q: 1, y-k"));
        assertThat(reply.code()).isIn(400, 422);
        Reply name = api.send("POST", CRDS, "application/yaml",
                DEFINITION.replace("name: widgets.contract", "name: wrong.contract"));
        assertThat(name.text("/details/causes/0/field")).isEqualTo("metadata.name");
    }

    private static String widget(String name, String spec) {
        return "{\"apiVersion\":\"contract.example.com/v1\",\"kind\":\"Widget\",\"metadata\":"
                + "{\"name\":\"" + name + "\"},\"spec\":{" + spec + "}}";
    }
}
