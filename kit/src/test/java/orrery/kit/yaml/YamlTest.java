package orrery.kit.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class YamlTest {
    private static YamlNode.Mapping map(String text) {
        return (YamlNode.Mapping) Yaml.read(text, YamlLimits.HAND_WRITTEN);
    }

    private static Object value(YamlNode node) {
        return ((YamlNode.Scalar) node).value();
    }

    private static YamlRefusal refusal(String text) {
        YamlRefusal refusal = catchThrowableOfType(YamlRefusal.class,
                () -> Yaml.readAll(text, YamlLimits.HAND_WRITTEN));
        assertThat(refusal).as("refusal of %.80s", text).isNotNull();
        return refusal;
    }

    @Test
    void keepsLineAndColumnOfEveryKeyAndValue() {
        YamlNode.Mapping root = map("services:\n  web:\n    ports: [80]\n");
        var services = (YamlNode.Mapping) root.get("services");
        var web = (YamlNode.Mapping) services.get("web");
        YamlNode.Entry ports = web.entries().get("ports");
        assertThat(ports.line()).isEqualTo(3);
        assertThat(ports.column()).isEqualTo(5);
        YamlNode first = ((YamlNode.Sequence) ports.value()).items().getFirst();
        assertThat(first.line()).isEqualTo(3);
        assertThat(first.column()).isEqualTo(13);
    }

    @Test
    void readsValuesByTheCoreSchemaOfYaml12() {
        YamlNode.Mapping m = map("""
                a: yes
                b: 22:22
                c: 0o17
                d: 0x1F
                e: 1e3
                f: ~
                g: "8080"
                h: 8080
                i: 99999999999999999999
                j: .inf
                k: True
                l: !!str 12
                m: 1.2.3
                n:
                """);
        assertThat(value(m.get("a"))).isEqualTo("yes");
        assertThat(value(m.get("b"))).isEqualTo("22:22");
        assertThat(value(m.get("c"))).isEqualTo(15L);
        assertThat(value(m.get("d"))).isEqualTo(31L);
        assertThat(value(m.get("e"))).isEqualTo(1000.0);
        assertThat(m.get("f").isNull()).isTrue();
        assertThat(value(m.get("g"))).isEqualTo("8080");
        assertThat(value(m.get("h"))).isEqualTo(8080L);
        assertThat(value(m.get("i"))).isEqualTo(new BigInteger("99999999999999999999"));
        assertThat(value(m.get("j"))).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(value(m.get("k"))).isEqualTo(true);
        assertThat(value(m.get("l"))).isEqualTo("12");
        assertThat(value(m.get("m"))).isEqualTo("1.2.3");
        assertThat(m.get("n").isNull()).isTrue();
    }

    @Test
    void mergesWithoutOverridingOwnKeysAndKeepsTheirLines() {
        YamlNode.Mapping m = map("""
                base: &base
                  image: one
                  restart: always
                more: &more {image: two, tty: true}
                web:
                  <<: [*base, *more]
                  restart: "no"
                """);
        YamlNode.Mapping web = (YamlNode.Mapping) m.get("web");
        assertThat(value(web.get("image"))).isEqualTo("one");
        assertThat(value(web.get("restart"))).isEqualTo("no");
        assertThat(value(web.get("tty"))).isEqualTo(true);
        assertThat(web.entries().get("image").line()).isEqualTo(2);
        assertThat(web.entries()).doesNotContainKey("<<");
    }

    @Test
    void refusesDuplicateKeysAndNamesBothLines() {
        YamlRefusal refusal = refusal("web:\n  image: a\n  tty: true\n  image: b\n");
        assertThat(refusal.line()).isEqualTo(4);
        assertThat(refusal).hasMessageContaining("'image'").hasMessageContaining("line 2");
    }

    @Test
    void refusesAliasBombAtOnce() {
        String bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + IntStream.range(1, 40)
                .mapToObj(i -> "a%d: &a%d [%s]\n".formatted(i, i,
                        ("*a" + (i - 1) + ",").repeat(8) + "*a" + (i - 1)))
                .collect(Collectors.joining());
        long before = System.nanoTime();
        assertThat(refusal(bomb)).hasMessageContaining("more than 100000 values");
        assertThat(System.nanoTime() - before).isLessThan(2_000_000_000L);
    }

    @Test
    void refusesMergeBomb() {
        String keys = IntStream.range(0, 2000).mapToObj(i -> "k" + i + ": 1")
                .collect(Collectors.joining(", "));
        String bomb = "base: &b {" + keys + "}\n" + IntStream.range(0, 900)
                .mapToObj(i -> "m%d: {<<: *b}\n".formatted(i)).collect(Collectors.joining());
        assertThat(refusal(bomb)).hasMessageContaining("values");
    }

    @Test
    void refusesTenThousandLevelsInFlowBlockAndAliases() {
        assertThat(refusal("[".repeat(10_000))).hasMessageContaining("64 levels");
        assertThat(refusal("a: " + "{a: ".repeat(10_000))).hasMessageContaining("64 levels");
        assertThat(refusal("- ".repeat(10_000))).hasMessageContaining("64 levels");
        String stairs = "a0: &a0 [x]\n" + IntStream.range(1, 900)
                .mapToObj(i -> "a%d: &a%d [*a%d]\n".formatted(i, i, i - 1))
                .collect(Collectors.joining());
        assertThat(refusal(stairs)).hasMessageContaining("64 levels");
    }

    @Test
    void refusesAliasesThatMeanNothingOrThemselves() {
        assertThat(refusal("a: *nobody")).hasMessageContaining("*nobody");
        assertThat(refusal("a: &self [*self]")).hasMessageContaining("inside its own anchor");
        assertThat(refusal("a: &x 1\nb: [" + "*x,".repeat(1001) + "]"))
                .hasMessageContaining("1000 aliases");
    }

    @Test
    void refusesBrokenTextWithLineAndColumn() {
        YamlRefusal tab = refusal("services:\n\tweb: 1\n");
        assertThat(tab.line()).isEqualTo(2);
        assertThat(refusal("a: [1, 2\nb: 3\n").line()).isGreaterThan(1);
        YamlRefusal bell = refusal("a: 1\nb: \u0007\n");
        assertThat(bell.line()).isEqualTo(2);
        assertThat(bell).hasMessageContaining("U+0007");
        assertThat(refusal("? [a]\n: 1")).hasMessageContaining("key must be");
        assertThat(refusal("a: {<<: 3}")).hasMessageContaining("'<<'");
    }

    @Test
    void refusesTextBeyondTheLimitAndSecondDocuments() {
        assertThat(refusal("a".repeat((1 << 20) + 1))).hasMessageContaining("at most 1048576");
        YamlRefusal two = catchThrowableOfType(YamlRefusal.class,
                () -> Yaml.read("a: 1\n---\nb: 2\n", YamlLimits.HAND_WRITTEN));
        assertThat(two.line()).isEqualTo(3);
        assertThat(Yaml.readAll("a: 1\n---\nb: 2\n", YamlLimits.HAND_WRITTEN)).hasSize(2);
    }

    @Test
    void readsEmptyTextAsNullAndSkipsByteOrderMark() {
        assertThat(Yaml.read("", YamlLimits.HAND_WRITTEN).isNull()).isTrue();
        assertThat(value(map("\uFEFFa: 1").get("a"))).isEqualTo(1L);
    }
}
