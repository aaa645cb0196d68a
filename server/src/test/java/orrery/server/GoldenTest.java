package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.websockets.next.WebSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.kit.config.Configuration;
import orrery.kit.http.On;
import orrery.kit.http.Route;
import orrery.kit.http.RouteScan;
import orrery.kit.http.Routes;
import orrery.server.surface.Documents;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `api/` says what outsiders see: routes, settings, documents. Whoever changes it on purpose
/// rewrites it with `./test -pl server -am -Dtest=GoldenTest -Dorrery.rewrite
/// -Dsurefire.failIfNoSpecifiedTests=false`, and the change shows in the review.
class GoldenTest {
    private static final Path API = Path.of("../api");
    private static final Path CLASSES = Path.of("target/classes");

    @Test
    void routesAreAsWritten() throws IOException {
        var lines = routes().all().stream().map(GoldenTest::line).sorted()
                .collect(Collectors.joining("\n"));
        var open = routes().all().stream().filter(r -> r.kind() == Route.Kind.OPEN).count();
        compare("routes.txt", lines + "\n\n" + open + " of " + routes().all().size()
                + " routes are open to anybody.\n");
    }

    @Test
    void settingsAreAsWritten() throws IOException {
        compare("config.md", "# Settings\n\nEach is an environment variable; some are options of"
                + " `./run` too, which win. What is unknown or wrong stops the start.\n\n"
                + Configuration.document(Settings.ALL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "studio", "workspace"})
    void documentsAreAsWritten(String family) throws IOException {
        compare("openapi/" + family + ".yaml",
                new Documents(routes()).yaml(family).orElseThrow());
    }

    @Test
    void everyPathIsItsSurfacesOwn() throws Exception {
        for (var route : routes().all()) {
            var surface = route.surface().getDeclaredConstructor().newInstance();
            assertThat(surface.owns(route.template()))
                    .as(route.template() + " on " + surface.name()).isTrue();
        }
    }

    private static String line(Route route) {
        var who = route.permission() == null
                ? route.kind().name().toLowerCase(Locale.ROOT)
                : route.permission().name() + " in " + route.place();
        return "%-9s %-6s %s  %s".formatted(
                route.surface().getSimpleName().toLowerCase(Locale.ROOT),
                route.isWebSocket() ? "WS" : route.method(), route.template(), who);
    }

    private static Routes routes() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            List<Class<?>> apis = files
                    .map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.startsWith("orrery") && name.endsWith(".class"))
                    .<Class<?>>map(name -> load(name.replace('/', '.')
                            .substring(0, name.length() - ".class".length())))
                    .filter(type -> type.isAnnotationPresent(On.class)
                            || type.isAnnotationPresent(WebSocket.class))
                    .toList();
            return RouteScan.of(apis.stream());
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, GoldenTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void compare(String name, String actual) throws IOException {
        var file = API.resolve(name);
        if (System.getProperty("orrery.rewrite") != null) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(actual).as("api/" + name + " is not what the code says; if the change is meant,"
                + " rewrite it with -Dtest=GoldenTest -Dorrery.rewrite")
                .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
    }
}
