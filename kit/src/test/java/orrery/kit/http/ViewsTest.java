package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ViewsTest {
    record Row(String text) {}

    record View(String text, Map<String, String> more) {}

    private final AtomicInteger made = new AtomicInteger();
    private final Views<Row, View> views = new Views<>(row -> {
        made.incrementAndGet();
        return new View(row.text(), Map.of("like", row.text()));
    });

    @Test
    void aRowHasOneViewAndAnEqualOneItsOwn() {
        var row = new Row("a");
        assertThat(views.of(row)).isSameAs(views.of(row));
        assertThat(views.of(new Row("a"))).isEqualTo(views.of(row)).isNotSameAs(views.of(row));
        assertThat(made).hasValue(2);
    }

    @Test
    void jsonIsWhatItWasWithoutThem() {
        var text = "quotes \" and \\, Ünïcödé, \u0001 and 𝕏 </script>";
        var row = new Row(text);
        var plain = new View(text, Map.of("like", text));
        for (int i = 0; i < 3; i++) {
            var body = Map.of("data", List.of(Views.written(views.of(row)),
                    Views.written(views.of(row))));
            assertThat(Json.text(body)).isEqualTo(Json.text(Map.of("data", List.of(plain, plain))));
        }
        assertThat(Views.written(plain)).isSameAs(plain);
    }

    @Test
    void longOnesAreWrittenWhole() {
        var row = new Row("é".repeat(100_000));
        assertThat(Json.text(List.of(Views.written(views.of(row)), 1)))
                .isEqualTo(Json.text(List.of(views.of(row), 1)));
    }
}
