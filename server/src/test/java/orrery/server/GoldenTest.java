package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.websockets.next.WebSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orrery.kit.access.Permission;
import orrery.kit.config.Configuration;
import orrery.kit.http.Expandables;
import orrery.kit.http.On;
import orrery.kit.http.Route;
import orrery.kit.http.RouteScan;
import orrery.kit.http.Routes;
import orrery.kit.http.Visibility;
import orrery.kit.test.TestDatabase;
import orrery.server.auth.personaltoken.ScopeNames;
import orrery.server.iam.role.Permissions;
import orrery.server.iam.role.Predefined;
import orrery.server.surface.Documents;
import orrery.server.surface.Workspace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `api/` says what outsiders see: routes, rights, settings, documents; and what operators see, the
/// database. Whoever changes it on purpose
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

    /// By permission who may call what, and which role holds which: a change of rights is a change
    /// of this file.
    @Test
    void rightsAreAsWritten() throws IOException {
        var roles = List.copyOf(Predefined.all());
        var text = new StringBuilder("# What each route asks for\n\n");
        routes().all().stream()
                .map(route -> "%-66s %s".formatted(who(route), address(route)).strip())
                .sorted().forEach(line -> text.append(line).append('\n'));
        text.append("\n# What each role holds, where it is given and below\n\n");
        for (int i = 0; i < roles.size(); i++) {
            text.append("%2d %-28s %s\n".formatted(
                    i + 1, roles.get(i).key(), roles.get(i).displayName()));
        }
        text.append("\n%-36s".formatted(""));
        IntStream.rangeClosed(1, roles.size()).forEach(i -> text.append("%3d".formatted(i)));
        text.append('\n');
        Permissions.ALL.stream().sorted().forEach(name -> {
            text.append("%-36s".formatted(name));
            roles.forEach(role -> text.append(
                    new Permission(name).isCoveredByAny(role.permissions()) ? "  x" : "  ."));
            text.append('\n');
        });
        compare("permissions.txt", text.toString());
    }

    @Test
    void schemaIsAsWritten() throws IOException {
        try (var test = TestDatabase.create("server")) {
            compare("schema.sql", test.database().read(TestDatabase.grant(), Schema::of));
        }
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
                new Documents(routes(), Expandables.of(apis().stream()))
                        .yaml(family, Visibility.INTERNAL).orElseThrow());
    }

    @Test
    void everyPathIsItsSurfacesOwn() throws Exception {
        for (var route : routes().all()) {
            var surface = route.surface().getDeclaredConstructor().newInstance();
            assertThat(surface.owns(route.template()))
                    .as(route.template() + " on " + surface.name()).isTrue();
        }
    }

    /// Else a token with scopes could do nothing there, and nobody would have thought about it.
    @Test
    void everyRouteOfTheWorkspaceFamilySaysItsTokenScope() throws IOException {
        for (var route : routes().all()) {
            if (route.surface() == Workspace.class && route.kind() != Route.Kind.OPEN) {
                assertThat(route.scopes()).as(address(route) + " says no @TokenScope").isNotEmpty();
            } else {
                assertThat(route.scopes()).as(address(route)).isEmpty();
            }
            assertThat(route.scopes()).as(address(route)).allMatch(
                    scope -> ScopeNames.knows(scope.replaceFirst("\\{.*}", "git")));
        }
    }

    private static String line(Route route) {
        return address(route) + "  " + who(route);
    }

    private static String address(Route route) {
        return "%-9s %-6s %s".formatted(
                route.surface().getSimpleName().toLowerCase(Locale.ROOT),
                route.isWebSocket() ? "WS" : route.method(), route.template());
    }

    private static String who(Route route) {
        return route.permission() == null
                ? route.kind().name().toLowerCase(Locale.ROOT) + scopes(route)
                : route.permission().name() + " in " + route.place() + scopes(route);
    }

    private static String scopes(Route route) {
        return route.scopes().isEmpty() ? "" : " [" + String.join(" | ", route.scopes()) + "]";
    }

    private static Routes routes() throws IOException {
        return RouteScan.of(apis().stream());
    }

    private static List<Class<?>> apis() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            return files
                    .map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.startsWith("orrery") && name.endsWith(".class"))
                    .<Class<?>>map(name -> load(name.replace('/', '.')
                            .substring(0, name.length() - ".class".length())))
                    .filter(type -> type.isAnnotationPresent(On.class)
                            || type.isAnnotationPresent(WebSocket.class))
                    .toList();
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
