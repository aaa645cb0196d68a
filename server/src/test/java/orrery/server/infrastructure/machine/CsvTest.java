package orrery.server.infrastructure.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CsvTest {
    private static List<String> read(String text) {
        return Csv.objects(text).stream().map(Object::toString).toList();
    }

    @Test
    void readsQuotesLineEndsAndInnerFields() {
        assertThat(read("\ufeffname,bmc.password,tags.rack\r\n"
                + "a,\"x,\"\"y\r\nz\"\"\",\r\n\r\nb,,r1"))
                .containsExactly("{\"name\":\"a\",\"bmc\":{\"password\":\"x,\\\"y\\r\\nz\\\"\"}}",
                        "{\"name\":\"b\",\"tags\":{\"rack\":\"r1\"}}");
    }

    @Test
    void readsNumbersAndTruthWhereTheyAreMeant() {
        assertThat(read("name,gpu.count,bmc.verifyCa\n7,8,true\nx,many,perhaps"))
                .containsExactly(
                        "{\"name\":\"7\",\"gpu\":{\"count\":8},\"bmc\":{\"verifyCa\":true}}",
                        "{\"name\":\"x\",\"gpu\":{\"count\":\"many\"},"
                                + "\"bmc\":{\"verifyCa\":\"perhaps\"}}");
    }

    @Test
    void saysWhichRowIsWrong() {
        refuses("", "row 1");
        refuses("a,a\n1,2", "twice");
        refuses("a,b\n1,2\n3", "row 3: it has 1 cells and not 2");
        refuses("a\n\"x", "row 2: a quote is not closed");
        refuses("a\n\"x\"y", "row 2: a quote is closed within a cell");
    }

    private static void refuses(String text, String cause) {
        assertThatThrownBy(() -> Csv.objects(text)).hasMessageContaining(cause);
    }
}
