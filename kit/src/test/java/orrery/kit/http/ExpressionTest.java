package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import orrery.kit.Problem;
import orrery.kit.http.Expression.And;
import orrery.kit.http.Expression.Is;
import orrery.kit.http.Expression.Not;
import orrery.kit.http.Expression.Or;
import org.junit.jupiter.api.Test;

class ExpressionTest {
    @Test
    void orBindsCloserThanAnd() {
        assertThat(said("a=1 AND b=2 OR c=3")).isEqualTo("(a EQ 1 & (b EQ 2 | c EQ 3))");
        assertThat(said("(a=1 AND b=2) OR c=3")).isEqualTo("((a EQ 1 & b EQ 2) | c EQ 3)");
        assertThat(said("NOT a=1 AND -b:x")).isEqualTo("(!a EQ 1 & !b CONTAINS x)");
        assertThat(said("NOT (a=1 OR NOT b=2)")).isEqualTo("!(a EQ 1 | !b EQ 2)");
    }

    @Test
    void valuesAreWordsTimesOrStandInQuotes() {
        assertThat(said("at >= 2026-01-02T03:04:05Z")).isEqualTo("at GTE 2026-01-02T03:04:05Z");
        assertThat(said("email:ann+x@example.com")).isEqualTo("email CONTAINS ann+x@example.com");
        assertThat(said("a!=\"x AND \\\"y\\\" (z)\"")).isEqualTo("a NE x AND \"y\" (z)");
        assertThat(said("a=\"\"")).isEqualTo("a EQ ");
        assertThat(said("a = \"AND\"")).isEqualTo("a EQ AND");
    }

    @Test
    void refusesWhatIsNoneAndSaysWhere() {
        assertThat(refused("")).contains("a field, NOT or ( at character 1");
        assertThat(refused("a")).contains("one of = != : < <= > >= at character 2");
        assertThat(refused("a=")).contains("a value at character 3");
        assertThat(refused("a==1")).contains("a value at character 3");
        assertThat(refused("a=1 b=2")).contains("AND, OR or the end at character 5");
        assertThat(refused("(a=1")).contains("AND, OR or ) at character 5");
        assertThat(refused("a=1)")).contains("character 4");
        assertThat(refused("a=\"open")).contains("in quotes");
        assertThat(refused("a=1 AND")).contains("character 8");
        assertThat(refused("a=1; drop")).contains("character 4");
        assertThat(refused("\"a\"=1")).contains("a field");
        assertThat(refused("a.b=1")).contains("a field");
    }

    @Test
    void refusesWhatWouldCostTooMuch() {
        assertThat(refused("a=1 OR ".repeat(60) + "a=1")).contains("50 conditions");
        assertThat(refused("(".repeat(20) + "a=1" + ")".repeat(20))).contains("10 deep");
        assertThat(refused("NOT ".repeat(100) + "a=1")).contains("10 deep");
        assertThat(refused("a=\"" + "x".repeat(1000) + "\"")).contains("1000 characters");
    }

    private static String refused(String text) {
        var said = new StringBuilder();
        assertThatThrownBy(() -> Expression.parse(text)).satisfies(thrown -> said.append(
                ((Problem.BadQuery) ((Problem.Failure) thrown).problem()).cause()));
        return said.toString();
    }

    private static String said(String text) {
        return said(Expression.parse(text));
    }

    private static String said(Expression it) {
        return switch (it) {
            case And all -> "(" + String.join(" & ",
                    all.parts().stream().map(ExpressionTest::said).toList()) + ")";
            case Or any -> "(" + String.join(" | ",
                    any.parts().stream().map(ExpressionTest::said).toList()) + ")";
            case Not not -> "!" + said(not.part());
            case Is one -> one.filter().field() + " " + one.filter().test() + " "
                    + one.filter().values().getFirst();
        };
    }
}
