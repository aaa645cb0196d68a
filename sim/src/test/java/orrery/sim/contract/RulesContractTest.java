package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The rules of CRDs (`x-kubernetes-validations`), and the fields that may be selected by.
class RulesContractTest {
    private static final String CRDS =
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: ruleds.rules.example.com}
            spec:
              group: rules.example.com
              scope: Namespaced
              names: {plural: ruleds, kind: Ruled}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                selectableFields: [{jsonPath: .spec.color}]
                schema:
                  openAPIV3Schema:
                    type: object
                    x-kubernetes-validations:
                    - {rule: "self.metadata.name.size() < 20", message: the name is too long}
                    properties:
                      spec:
                        type: object
                        required: [min]
                        x-kubernetes-validations:
                        - rule: "!has(self.max) || self.min <= self.max"
                          messageExpression: "'max must be at least ' + string(self.min)"
                        - {rule: "!has(self.words) || self.words.all(w, w.startsWith('a'))"}
                        properties:
                          min: {type: integer}
                          max: {type: integer}
                          share: {type: number, x-kubernetes-validations: [
                            {rule: "self <= 1.0", message: at most all,
                             reason: FieldValueForbidden}]}
                          color:
                            type: string
                            maxLength: 20
                            x-kubernetes-validations:
                            - {rule: "self == oldSelf", message: color is immutable}
                          words: {type: array, maxItems: 9, items: {type: string, maxLength: 9}}
                          parts:
                            type: array
                            maxItems: 9
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [name]
                            items:
                              type: object
                              required: [name]
                              properties:
                                name: {type: string, maxLength: 9}
                                size:
                                  type: integer
                                  x-kubernetes-validations:
                                  - {rule: "self >= oldSelf", message: a part never shrinks}
                      status:
                        type: object
                        properties: {phase: {type: string}}
            """;

    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String objects =
            "/apis/rules.example.com/v1/namespaces/" + namespace + "/ruleds";

    @BeforeEach
    void define() {
        Reply made = api.apply(CRDS + "/ruleds.rules.example.com?force=true", "contract",
                DEFINITION);
        assertThat(made.code()).as("%s", made.body()).isIn(200, 201);
        await().atMost(Duration.ofSeconds(60)).until(() -> api.get(objects).code() == 200);
    }

    @Test
    @Needs(version = 30)
    void holdsObjectsToTheRules() {
        assertThat(make("good", "\"min\":1,\"max\":2,\"words\":[\"a\",\"ab\"]").code())
                .isEqualTo(201);
        Reply bound = make("bad", "\"min\":3,\"max\":2");
        assertThat(bound.code()).isEqualTo(422);
        assertThat(bound.text("/message")).isEqualTo("Ruled.rules.example.com \"bad\" is invalid:"
                + " spec: Invalid value: \"object\": max must be at least 3");
        assertThat(make("bad", "\"min\":3,\"words\":[\"a\",\"b\"]").text("/message")).contains(
                "spec: Invalid value: \"object\": failed rule: !has(self.words) ||");
        Reply share = make("bad", "\"min\":3,\"share\":2");
        assertThat(share.text("/details/causes/0/field")).isEqualTo("spec.share");
        assertThat(share.text("/details/causes/0/message")).isEqualTo("Forbidden: at most all");
        assertThat(make("a-name-of-twenty-one", "\"min\":1").text("/message"))
                .contains("the name is too long");
    }

    @Test
    @Needs(version = 30)
    void comparesWithTheObjectBefore() {
        assertThat(make("one", "\"min\":1,\"color\":\"red\",\"parts\":"
                + "[{\"name\":\"a\",\"size\":2},{\"name\":\"b\",\"size\":2}]").code())
                .isEqualTo(201);
        Reply color = merge("one", "{\"spec\":{\"color\":\"blue\"}}");
        assertThat(color.code()).isEqualTo(422);
        assertThat(color.text("/details/causes/0/message"))
                .isEqualTo("Invalid value: \"string\": color is immutable");
        assertThat(color.text("/details/causes/0/field")).isEqualTo("spec.color");
        Reply part = merge("one", "{\"spec\":{\"parts\":[{\"name\":\"b\",\"size\":1},"
                + "{\"name\":\"a\",\"size\":2}]}}");
        assertThat(part.text("/details/causes/0/field")).isEqualTo("spec.parts[0].size");
        assertThat(merge("one", "{\"spec\":{\"parts\":[{\"name\":\"b\",\"size\":9},"
                + "{\"name\":\"c\",\"size\":0}]}}").code()).isEqualTo(200);
        assertThat(merge("one", "{\"spec\":{\"color\":null}}").code()).isEqualTo(200);
        assertThat(merge("one", "{\"spec\":{\"color\":\"blue\"}}").code()).isEqualTo(200);
    }

    @Test
    @Needs(version = 30)
    void refusesRulesThatCannotBeRead() {
        Reply reply = api.send("POST", CRDS, "application/yaml", DEFINITION
                .replace("ruleds", "unruleds").replace("self == oldSelf", "self ==== oldSelf"));
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.text("/message")).contains("compilation failed");
    }

    @Test
    @Needs(version = 31)
    void selectsByTheFieldsOfTheDefinition() {
        make("red", "\"min\":1,\"color\":\"red\"");
        make("blue", "\"min\":1,\"color\":\"blue\"");
        assertThat(api.get(objects + "?fieldSelector=spec.color%3Dred").body().path("items")
                .findValuesAsText("name")).containsExactly("red");
        assertThat(api.get(objects + "?fieldSelector=spec.color!%3Dred").body().path("items")
                .findValuesAsText("name")).containsExactly("blue");
        Reply other = api.get(objects + "?fieldSelector=spec.min%3D1");
        assertThat(other.code()).isEqualTo(400);
        assertThat(other.text("/message")).contains("field label not supported: spec.min");
    }

    private Reply make(String name, String spec) {
        return api.post(objects, "{\"apiVersion\":\"rules.example.com/v1\",\"kind\":\"Ruled\","
                + "\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{" + spec + "}}");
    }

    private Reply merge(String name, String patch) {
        return api.send("PATCH", objects + "/" + name, "application/merge-patch+json", patch);
    }
}
