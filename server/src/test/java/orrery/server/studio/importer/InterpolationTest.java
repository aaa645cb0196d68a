package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import orrery.kit.Mistakes;
import org.junit.jupiter.api.Test;

class InterpolationTest {
    private static final Map<String, String> VARIABLES =
            Map.of("SET", "value", "EMPTY", "", "A_1", "x");

    private static String fill(String text) {
        return new Interpolation(VARIABLES, new Mistakes()).text(text, 0);
    }

    @Test
    void knowsAllFormsOfTheSpecification() {
        assertThat(fill("$SET ${SET} $$SET $${SET}")).isEqualTo("value value $SET ${SET}");
        assertThat(fill("[$GONE] [${GONE}] $A_1.b")).isEqualTo("[] [] x.b");
        assertThat(fill("${GONE:-d} ${GONE-d} ${EMPTY:-d} [${EMPTY-d}] ${SET:-d}"))
                .isEqualTo("d d d [] value");
        assertThat(fill("${SET:+r} [${GONE:+r}] [${EMPTY:+r}] ${EMPTY+r}"))
                .isEqualTo("r [] [] r");
        assertThat(fill("${SET:?no} ${EMPTY?no}")).isEqualTo("value ");
        assertThat(fill("${GONE:-${ALSO:-${SET}}/x}")).isEqualTo("value/x");
        assertThat(fill("${GONE:-a:b?c}")).isEqualTo("a:b?c");
    }

    @Test
    void saysWhatIsWrong() {
        assertThatThrownBy(() -> fill("${GONE:?bring it}"))
                .hasMessage("the variable GONE must be set: bring it");
        assertThatThrownBy(() -> fill("${GONE")).hasMessageContaining("without '}'");
        assertThatThrownBy(() -> fill("${}")).hasMessageContaining("no variable's name");
        assertThatThrownBy(() -> fill("${SET!x}")).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> fill("cost: 5$ only")).hasMessageContaining("write '$$'");
        assertThatThrownBy(() -> fill("${A:-".repeat(30) + "x" + "}".repeat(30)))
                .hasMessageContaining("20 levels");
    }

    @Property
    void escapedTextComesBackAsItWas(@ForAll @StringLength(max = 40) String text) {
        assertThat(fill(text.replace("$", "$$"))).isEqualTo(text);
    }

    @Property
    void anyTextIsFilledOrRefusedWithAMessage(
            @ForAll @StringLength(max = 30) @Chars({'$', '{', '}', ':', '-', '?', '+', 'A', '_'})
            @CharRange(from = 'a', to = 'c') String text) {
        try {
            assertThat(fill(text)).isNotNull();
        } catch (Unreadable e) {
            assertThat(e).message().isNotBlank();
        }
    }
}
