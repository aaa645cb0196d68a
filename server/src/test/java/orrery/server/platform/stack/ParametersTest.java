package orrery.server.platform.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import orrery.kit.Mistakes;
import orrery.kit.Problem.Mistake;
import orrery.kit.kube.Trees;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParametersTest {
    private static final String GOOD = """
            type: object
            required: [model]
            properties:
              model: {type: string, pattern: "^[a-z]+$"}
              gpus: {type: integer, minimum: 1, maximum: 8}
              disks: {type: array, items: {$ref: "#/$defs/disk"}}
              address: {type: string, format: ipv4}
            $defs:
              disk: {type: object, required: [size], properties: {size: {type: integer}}}
            """;

    private static Parameters parameters(String schema) {
        return new Parameters(Trees.read(schema));
    }

    private static List<Mistake> wrong(String schema) {
        var mistakes = new Mistakes();
        parameters(schema).check(mistakes, "schema");
        return mistakes.found();
    }

    private static List<String> wrongIn(String given, boolean whole) {
        return parameters(GOOD).wrongIn(Trees.read(given), "parameters", whole)
                .stream().map(Mistake::field).toList();
    }

    @Test
    void takesWhatTheSchemaAllows() {
        assertThat(wrong(GOOD)).isEmpty();
        assertThat(wrongIn("{model: llama, gpus: 2, disks: [{size: 5}], address: 10.0.0.1}", true))
                .isEmpty();
        assertThat(wrongIn("{gpus: 2}", false)).isEmpty();
    }

    @Test
    void namesEachParameterThatIsWrong() {
        assertThat(wrongIn("{gpus: 9, disks: [{size: 1}, {size: big}, {}], address: home,"
                + " colour: red}", true)).containsExactlyInAnyOrder("parameters.model",
                        "parameters.gpus", "parameters.disks[1].size", "parameters.disks[2].size",
                        "parameters.address", "parameters.colour");
        assertThat(wrongIn("{model: 5}", false)).containsExactly("parameters.model");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{type: array} | schema.type",
        "{type: object, properties: {a: {type: strin}}} | schema.properties.a.type",
        "{type: object, properties: {a: 5}} | schema.properties.a",
        "{type: object, properties: {a b: {}}} | schema.properties.a b",
        "{type: object, required: model} | schema.required",
        "{type: object, properties: {a: {pattern: '('}}} | schema.properties.a.pattern",
        "{type: object, $schema: 'http://json-schema.org/draft-07/schema#'} | schema.$schema",
        "{type: object, $id: 'https://example.com/'} | schema.$id",
        "{type: object, properties: {a: {$ref: 'https://example.com/x'}}}"
                + " | schema.properties.a.$ref",
        "{type: object, properties: {a: {$ref: 'file:///etc/passwd'}}}"
                + " | schema.properties.a.$ref",
        "{type: object, properties: {a: {$ref: '#/$defs/none'}}} | schema.properties.a.$ref",
        "{type: object, properties: {a: {$dynamicRef: '#a'}}} | schema.properties.a.$dynamicRef",
    })
    void namesThePlaceWhereASchemaIsNone(String schema, String field) {
        assertThat(wrong(schema)).extracting(Mistake::field).containsOnly(field);
    }

    @Test
    void followsNoSchemaInCirclesOrIntoTheThousands() {
        assertThat(wrong("""
                type: object
                properties: {a: {$ref: "#/$defs/a"}}
                $defs: {a: {properties: {b: {$ref: "#/$defs/b"}}}, b: {items: {$ref: "#/$defs/a"}}}
                """)).isNotEmpty().allSatisfy(
                        it -> assertThat(it.message()).contains("leads back to itself"));
        var doubling = IntStream.range(0, 19).mapToObj(i ->
                "  d%d: {properties: {a: {$ref: '#/$defs/d%d'}, b: {$ref: '#/$defs/d%d'}}}\n"
                        .formatted(i, i + 1, i + 1)).collect(Collectors.joining());
        assertThat(wrong("type: object\nproperties: {a: {$ref: '#/$defs/d0'}}\n$defs:\n"
                + doubling + "  d19: {type: string}\n")).singleElement().satisfies(
                        it -> assertThat(it.message()).contains("too large"));
        var deep = "{properties: {a: ".repeat(12) + "{}" + "}}".repeat(12);
        assertThat(wrong("{type: object, properties: {a: " + deep + "}}"))
                .singleElement().satisfies(
                        it -> assertThat(it.message()).contains("levels deep"));
        assertThat(wrong("{type: object, description: " + "x".repeat(70_000) + "}")).hasSize(1);
    }
}
