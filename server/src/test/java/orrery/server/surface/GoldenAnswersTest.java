package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import orrery.kit.http.Json;
import orrery.kit.http.Routes;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;

/// What the cloud family answers about one of everything ([Specimens]) is what is written down,
/// byte for byte but for what [Steady] leaves out. Whoever changes it on purpose rewrites it with
/// `-Dtest=GoldenAnswersTest -Dorrery.rewrite`.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class GoldenAnswersTest {
    private static final Path GOLDEN = Path.of("src/test/resources/cloud/golden");

    /// Views whose answers depend on who else was here, and when.
    private static final Set<String> NOT_STEADY = Set.of("FactorsApi.All",
            "OwnInvitationsApi.View", "MeApi.View", "SessionsApi.View", "RunMetricsApi.View",
            "InferenceView.Log", "InferenceView.Metrics", "TrainingView.Log",
            "MachineLogsApi.Entry", "ProbesApi.View", "CapacityApi.View", "CapacityApi.Changes");

    @TestHTTPResource
    URI server;

    @Inject
    Routes routes;

    @Test
    void answersAreAsWritten() throws IOException {
        var owner = Neighbours.on(server).owner();
        var seen = new HashSet<String>();
        var wrong = new ArrayList<String>();
        for (var one : Specimens.on(server).all().toList()) {
            if (seen.add(one.path())) {
                compare(one.name(), text(one, owner.get(one.path())), wrong);
            }
        }
        assertThat(wrong).as("is answered in another way; if that is meant, rewrite it with"
                + " -Dtest=GoldenAnswersTest -Dorrery.rewrite").isEmpty();
    }

    /// Whatever the family shows one of is among the specimens.
    @Test
    void everythingThatIsShownIsWrittenDown() {
        var shown = new HashSet<Class<?>>();
        Specimens.on(server).all().forEach(one ->
                shown.add(routes.match("GET", one.path()).route().view()));
        var missing = new TreeSet<String>();
        routes.all().stream()
                .filter(route -> route.surface() == Cloud.class && route.method().equals("GET")
                        && route.view() != null && !shown.contains(route.view())
                        && !NOT_STEADY.contains(name(route.view())))
                .forEach(route -> missing.add(route.template() + ": " + name(route.view())));
        assertThat(missing).as("add one to src/test/resources/cloud/specimens.txt").isEmpty();
    }

    private static String name(Class<?> view) {
        return view.getName().replaceFirst(".*\\.", "").replace('$', '.');
    }

    /// What was answered where it was made, if that is something else, and when it is there.
    private static String text(Specimens.Specimen one, Visitor.Heard got) throws IOException {
        var text = Json.shared().createObjectNode();
        var there = answer(got);
        if (one.made() != null) {
            var made = answer(one.made());
            if (!made.get("body").equals(there.get("body"))) {
                text.set("made", made);
            }
        }
        text.set("there", there);
        return Json.shared().writer().with(SerializationFeature.INDENT_OUTPUT)
                .writeValueAsString(text) + "\n";
    }

    private static ObjectNode answer(Visitor.Heard heard) {
        ObjectNode answer = Json.shared().createObjectNode().put("status", heard.status());
        answer.set("body", Steady.of(heard.json()));
        return answer;
    }

    private static void compare(String name, String actual, ArrayList<String> wrong)
            throws IOException {
        var file = GOLDEN.resolve(name + ".json");
        if (System.getProperty("orrery.rewrite") != null) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, actual);
        }
        var written = Files.exists(file) ? Files.readString(file) : "";
        if (!actual.equals(written)) {
            wrong.add(name + ":\n" + actual);
        }
    }
}
