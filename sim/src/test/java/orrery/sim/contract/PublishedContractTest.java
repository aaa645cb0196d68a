package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import orrery.sim.contract.Api.Reply;
import orrery.sim.type.Yaml;
import org.junit.jupiter.api.Test;

/// The definitions that others publish, where they stand beside the checkout.
class PublishedContractTest {
    private static final Path FOLDER = Path.of("../../shared/data/kcm-crds");
    private static final String CRDS =
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/";

    private final Api api = Api.shared();

    private static List<Path> files() throws IOException {
        assumeTrue(Files.isDirectory(FOLDER), () -> "there is no " + FOLDER);
        try (var files = Files.list(FOLDER)) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    /// A simulated management cluster has some of them already. Nothing is applied: older servers
    /// refuse to own fields that they do not know, but drop them from what is created.
    private Reply load(ObjectNode definition, String name) {
        Reply made = api.post(CRDS, definition.toString());
        if (made.code() != 409) {
            return made;
        }
        definition.withObject("/metadata")
                .put("resourceVersion", api.get(CRDS + name).text("/metadata/resourceVersion"));
        return api.put(CRDS + name, definition.toString());
    }

    @Test
    void loadsEachAndServesItsType() throws IOException {
        for (Path file : files()) {
            var definition = Yaml.readAll(Files.readAllBytes(file)).getFirst();
            String name = definition.at("/metadata/name").asText();
            Reply loaded = load((ObjectNode) definition, name);
            assertThat(loaded.code()).as("%s: %s", name, loaded.body()).isIn(200, 201);
            String list = "/apis/" + definition.at("/spec/group").asText() + "/"
                    + definition.at("/spec/versions/0/name").asText() + "/"
                    + definition.at("/spec/names/plural").asText();
            await().atMost(Duration.ofSeconds(60)).until(() -> api.get(CRDS + name).body()
                    .at("/status/conditions").toString().contains("\"Established\"")
                    && api.get(list).code() == 200);
            assertThat(api.get(list).text("/kind"))
                    .isEqualTo(definition.at("/spec/names/listKind").asText());
        }
    }
}
