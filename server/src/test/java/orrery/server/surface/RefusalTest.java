package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;
import static orrery.server.surface.Wire.assertRefusal;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import orrery.kit.http.Route;
import orrery.kit.http.Routes;
import orrery.server.surface.Wire.Received;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Every route × every kind of refusal × every surface: each is answered in its family's format.
/// A new route is asked without anybody writing a test for it.
@QuarkusTest
class RefusalTest {
    /// One way to be refused.
    ///
    /// @param applies to which routes
    /// @param statuses what may be answered
    private record Kind(
            String name, Predicate<Route> applies, List<Integer> statuses, Asked asked) {}

    @FunctionalInterface
    private interface Asked {
        Received ask(Wire wire, Route route, String path) throws IOException;
    }

    private static final Map<String, String> UPGRADE = Map.of("Upgrade", "websocket",
            "Connection", "Upgrade", "Sec-WebSocket-Version", "13",
            "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    /// What clients' own pages post by their standards. Both send the browser on, and nothing more.
    private static final List<String> FROM_ANY_PAGE =
            List.of("/oauth2/authorize", "/oauth2/logout");

    private static final List<Kind> KINDS = List.of(
            new Kind("without a credential",
                    route -> route.kind() != Route.Kind.OPEN && !route.isWebSocket(),
                    List.of(401), (wire, route, path) -> wire.send(
                            route.method(), path, type(route), route.consumes().isEmpty()
                                    ? "" : "{}")),
            new Kind("with a credential that does not count",
                    route -> route.kind() != Route.Kind.OPEN && !route.isWebSocket(),
                    List.of(401), (wire, route, path) -> wire.send(
                            route.method(), path, Map.of("Authorization", "Bearer nonsense"), "")),
            new Kind("with a method that it does not have", route -> true, List.of(405),
                    (wire, route, path) -> wire.send("PURGE", path, Map.of(), "")),
            new Kind("below it, where nothing is", route -> !route.template().endsWith("*}"),
                    List.of(404), (wire, route, path) -> wire.send(
                            "GET", path + "/no/such/thing/here", Map.of(), "")),
            new Kind("with a host of a stranger", route -> true, List.of(421),
                    (wire, route, path) -> wire.send(
                            route.method(), path, Map.of("Host", "evil.example.com"), "")),
            new Kind("from a page of another origin",
                    route -> !route.method().equals("GET") && !route.method().equals("OPTIONS")
                            && !FROM_ANY_PAGE.contains(route.template()), List.of(403),
                    (wire, route, path) -> wire.send(route.method(), path, Map.of(
                            "Origin", "https://evil.example.com", "Cookie", "a=b"), "")),
            new Kind("with a broken escape", route -> true, List.of(400),
                    (wire, route, path) -> wire.send(
                            route.method(), path + "/%zz", Map.of(), "")),
            new Kind("with a long address", route -> true, List.of(414),
                    (wire, route, path) -> wire.send(route.method(),
                            path + "?q=" + "x".repeat(10_000), Map.of(), "")),
            new Kind("with long headers", route -> true, List.of(431),
                    (wire, route, path) -> wire.send(route.method(), path,
                            Map.of("X-Long", "x".repeat(20_000)), "")),
            new Kind("with a body that is too large", route -> !route.consumes().isEmpty(),
                    List.of(413), (wire, route, path) -> wire.send(route.method(), path,
                            with(type(route), "Content-Length",
                                    Long.toString(route.bodyLimit() + 1)), "{")),
            new Kind("with a body of another type",
                    route -> !route.consumes().isEmpty() && !route.consumes().contains("*/*"),
                    List.of(415), (wire, route, path) -> wire.send(route.method(), path,
                            Map.of("Content-Type", "image/png"), "x")),
            new Kind("asking for another type",
                    route -> !route.isWebSocket() && !route.produces().contains("*/*"),
                    List.of(406), (wire, route, path) -> wire.send(route.method(), path,
                            Map.of("Accept", "image/x-none"), "")),
            new Kind("with JSON that is none", RefusalTest::readsJson, List.of(400, 401),
                    (wire, route, path) -> wire.send(route.method(), path, JSON, "{\"a\":")),
            new Kind("with JSON nested without end", RefusalTest::readsJson, List.of(400, 401),
                    (wire, route, path) -> wire.send(
                            route.method(), path, JSON, "[".repeat(5_000))),
            new Kind("with a body that is cut off", RefusalTest::readsJson, List.of(0, 400, 401),
                    (wire, route, path) -> wire.send(route.method() + " " + path
                            + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n")),
            new Kind("without the upgrade it is for", Route::isWebSocket, List.of(400),
                    (wire, route, path) -> wire.send("GET", path, Map.of(), "")),
            new Kind("upgrading without a credential",
                    route -> route.isWebSocket() && route.kind() != Route.Kind.OPEN,
                    List.of(401), (wire, route, path) -> wire.send("GET", path, UPGRADE, "")),
            new Kind("upgrading from another origin", Route::isWebSocket, List.of(403),
                    (wire, route, path) -> wire.send("GET", path, with(with(UPGRADE,
                            "Origin", "https://evil.example.com"), "Cookie", "a=b"), "")));

    @Inject
    Routes routes;

    @TestHTTPResource
    URI server;

    private Wire wire;

    @BeforeEach
    void connect() {
        wire = new Wire(server);
    }

    @TestFactory
    List<DynamicTest> everyRouteRefusesInItsFamilysFormat() {
        var tests = new ArrayList<DynamicTest>();
        for (var kind : KINDS) {
            tests.add(DynamicTest.dynamicTest(kind.name(), () -> {
                var asked = 0;
                for (var route : routes.all()) {
                    if (kind.applies().test(route)) {
                        check(kind, route);
                        asked++;
                    }
                }
                assertThat(asked).as("routes that were asked").isPositive();
            }));
        }
        return tests;
    }

    private void check(Kind kind, Route route) throws IOException {
        var path = route.template().replaceAll("\\{[^}]*}", "x");
        var answer = kind.asked().ask(wire, route, path);
        var what = route.method() + " " + route.template() + " " + kind.name();
        assertThat(kind.statuses()).as(what + ": " + answer).contains(answer.status());
        if (answer.status() != 0) {
            try {
                assertRefusal(route.surface(), answer.status(), answer);
            } catch (AssertionError e) {
                throw new AssertionError(what + ": " + answer, e);
            }
        }
    }

    @Test
    void unknownPathsOfEveryFamilyAreItsOwn() throws IOException {
        for (var path : List.of("/v1/regions/a/b/c/d/e",
                "/v1/workflows/none", "/v1/region/none/none/none")) {
            assertRefusal(Cloud.class, 404, wire.send("GET", path, Map.of(), ""));
        }
        assertRefusal(Studio.class, 404, wire.send("GET", "/v1/api/none", Map.of(), ""));
        assertRefusal(Workspace.class, 404, wire.send("POST", "/api/v1/none", Map.of(), "{}"));
        assertRefusal(OAuth.class, 404, wire.send("GET", "/oauth2/none", Map.of(), ""));
        assertRefusal(Plain.class, 404, wire.send("GET", "/none/none", Map.of(), ""));
        assertRefusal(Plain.class, 404, wire.send("GET", "/v2/none", Map.of(), ""));
        assertRefusal(Plain.class, 404, wire.send("GET", "/v1/regionsnone", Map.of(), ""));
    }

    @Test
    void aPathThatHidesItsFamilyIsSeenThrough() throws IOException {
        assertRefusal(Cloud.class, 404, wire.send("GET", "/v1/%72egions/x/y/z", Map.of(), ""));
        assertRefusal(Cloud.class, 404,
                wire.send("GET", "/api/v1/../../v1/regions/x/y/z", Map.of(), ""));
        assertRefusal(Workspace.class, 404, wire.send("GET", "//api/v1/none", Map.of(), ""));
    }

    @Test
    void aLineThatIsNoRequestIsRefused() throws IOException {
        for (var nonsense : List.of("GARBAGE\r\n\r\n", "GET\r\n\r\n", "\u0000\u0001\r\n\r\n",
                "GET /v1/regions HTTP/9.9\r\nHost: localhost\r\n\r\n")) {
            assertThat(wire.sendAndStop(nonsense).status()).as(nonsense).isIn(0, 400, 501, 505);
        }
    }

    @Test
    void aRequestWithoutAHostIsRefused() throws IOException {
        assertRefusal(Cloud.class, 400,
                wire.send("GET /v1/regions HTTP/1.1\r\nConnection: close\r\n\r\n"));
    }

    @Test
    void headersWithoutEndAreCutOff() throws IOException {
        assertThat(wire.send("GET", "/v1/regions", Map.of("X", "x".repeat(1 << 20)), "").status())
                .isIn(0, 400, 431);
    }

    private static boolean readsJson(Route route) {
        return route.consumes().contains("application/json");
    }

    private static Map<String, String> type(Route route) {
        return route.consumes().isEmpty() || route.consumes().contains("*/*")
                ? Map.of() : Map.of("Content-Type", route.consumes().getFirst());
    }

    private static Map<String, String> with(
            Map<String, String> headers, String name, String value) {
        var more = new HashMap<>(headers);
        more.put(name, value);
        return more;
    }
}
