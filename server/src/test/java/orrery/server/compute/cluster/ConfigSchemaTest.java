package orrery.server.compute.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import orrery.kit.Problem.Mistake;
import orrery.kit.kube.Trees;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigSchemaTest {
    private static final String SCHEMA = """
            type: object
            additionalProperties: false
            required: [region]
            properties:
              region: {type: string, minLength: 2}
              size: {type: [integer, "null"], minimum: 1, maximum: 5}
              ratio: {type: number}
              kind: {enum: [small, large]}
              zones: {type: array, maxItems: 2, items: {$ref: "#/$defs/zone"}}
              free: {type: object, additionalProperties: {type: boolean}}
            $defs:
              zone: {type: object, required: [name]}
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{region: eu}|''",
        "{}|config.region is required",
        "{region: e}|config.region must be at least 2 characters",
        "{region: 3}|config.region must be string",
        "{region: eu, size: 0}|config.size must be at least 1",
        "{region: eu, size: 6}|config.size must be at most 5",
        "{region: eu, size: 1.5}|config.size must be integer or null",
        "{region: eu, size: 2.0, ratio: 2}|''",
        "{region: eu, size: null}|''",
        "{region: eu, kind: huge}|config.kind must be one of small, large",
        "{region: eu, zones: [{name: a}, {}]}|config.zones[1].name is required",
        "{region: eu, zones: [1, 2, 3]}|config.zones must be at most 2 items",
        "{region: eu, free: {a: true, b: 1}}|config.free.b must be boolean",
        "{region: eu, other: 1}|config.other is no value of this template"
    })
    void saysWhatIsWrongAndWhere(String values, String first) {
        var mistakes = ConfigSchema.mistakes(Trees.read(SCHEMA), Trees.read(values), "config");
        assertThat(mistakes.stream().findFirst().map(ConfigSchemaTest::text).orElse(""))
                .isEqualTo(first);
    }

    private static String text(Mistake mistake) {
        return mistake.field() + " " + mistake.message();
    }

    @Test
    void aSchemaThatHoldsItselfEnds() {
        var schema = Trees.read("properties: {a: {$ref: '#'}}\nadditionalProperties: false");
        assertThat(ConfigSchema.mistakes(
                schema, Trees.read("a: {a: {a: {b: 1}}}"), "config"))
                .extracting(Mistake::field).containsExactly("config.a.a.a.b");
        var circle = Trees.read("$ref: '#/$defs/a'\n$defs: {a: {$ref: '#/$defs/a'}}");
        assertThat(ConfigSchema.mistakes(circle, Trees.read("a: 1"), "config")).isEmpty();
    }
}
