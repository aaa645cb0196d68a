package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static Routes routes(String... lines) {
        return new Routes(Stream.of(lines).map(line -> line.split(" ")).map(parts -> new Route(
                RoutesTest.class, Surface.class, parts[0], parts[1], Route.Kind.OPEN, null, null,
                List.of(), List.of(), List.of(), Set.of(), false, 0, null, null)).toList());
    }

    @Test
    void aVerbBehindAColonIsNoPartOfTheParameter() {
        var routes = routes("GET /runs/{run}", "POST /runs/{run}:cancel", "POST /runs/{run}:retry");
        var cancel = routes.match("POST", "/runs/run_1:cancel");
        assertThat(cancel.route().template()).isEqualTo("/runs/{run}:cancel");
        assertThat(cancel.parameters()).containsEntry("run", "run_1");
        assertThat(routes.match("GET", "/runs/run_1").parameters()).containsEntry("run", "run_1");
        assertThat(routes.match("POST", "/runs/run_1:explode")).as("unknown verb").isNull();
        assertThat(routes.match("POST", "/runs/:cancel")).isNull();
    }

    @Test
    void verbsOfOneLengthAreTold() {
        var routes = routes("POST /calls/{call}:accept", "POST /calls/{call}:resend");
        assertThat(routes.match("POST", "/calls/c1:resend").route().template())
                .endsWith(":resend");
        assertThat(routes.match("POST", "/calls/c1:accept").route().template())
                .endsWith(":accept");
    }

    @Test
    void literalSegmentsWinOverParameters() {
        var routes = routes("GET /regions/{region}", "GET /regions/global/runs",
                "GET /files/{path:.*}");
        assertThat(routes.match("GET", "/regions/global/runs").parameters()).isEmpty();
        assertThat(routes.match("GET", "/regions/global").parameters())
                .containsEntry("region", "global");
        assertThat(routes.match("GET", "/files/a/b%20c").parameters())
                .containsEntry("path", "a/b c");
        assertThat(routes.match("GET", "/nothing")).isNull();
    }

    @Test
    void aLiteralSegmentHidesNoMethodOfAParameter() {
        var routes = routes("GET /keys/own", "DELETE /keys/{key}");
        assertThat(routes.match("DELETE", "/keys/own").route()).isNotNull();
        assertThat(routes.match("GET", "/keys/other").route()).isNull();
    }
}
