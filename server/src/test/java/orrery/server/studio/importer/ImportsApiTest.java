package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class ImportsApiTest {
    private static final String CREATE = "/v1/api/import/create-workflow";
    private static final String COMPOSE = """
            services:
              web:
                image: nginx
                ports: ["8080:80"]
                depends_on: [db]
              db:
                image: postgres
                environment:
                  POSTGRES_PASSWORD: canary-5e1d
            """;

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    private static Visitor.Heard upload(Visitor by, String name, String file) {
        return by.with("Content-Type", "multipart/form-data; boundary=edge")
                .post("/v1/api/import/upload", """
                        --edge\r
                        Content-Disposition: form-data; name="namespace"\r
                        \r
                        shop\r
                        --edge\r
                        Content-Disposition: form-data; name="file"; filename="%s"\r
                        Content-Type: application/yaml\r
                        \r
                        %s\r
                        --edge--\r
                        """.formatted(name, file));
    }

    @Test
    void aComposeFileBecomesADiagram() {
        var uploaded = upload(owner, "compose.yaml", COMPOSE);
        assertThat(uploaded.status()).as(uploaded.raw().body()).isEqualTo(200);
        assertThat(uploaded.text("/fileName")).isEqualTo("compose.yaml");
        assertThat(new String(Base64.getDecoder().decode(uploaded.text("/fileContent")),
                StandardCharsets.UTF_8)).startsWith("services:");
        var analysis = uploaded.json().path("analysis");
        assertThat(analysis.path("detectedType").asText()).isEqualTo("docker-compose");
        assertThat(analysis.path("services").findValuesAsText("name")).contains("web", "db");
        assertThat(analysis.path("suggestedNodes").findValuesAsText("namespace"))
                .containsOnly("shop");
        assertThat(analysis.path("suggestedNodes").toString())
                .as("values of secrets wait on the server").doesNotContain("canary-5e1d");
        for (JsonNode node : analysis.path("suggestedNodes")) {
            assertThat(analysis.path("layoutPositions").get(node.path("id").asText()))
                    .isEqualTo(node.path("position"));
        }

        var made = create(owner, analysis);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(200);
        assertThat(made.text("/message"))
                .isEqualTo("Workflow created successfully from import");
        var path = "/v1/api/workflows/" + made.text("/workflow/id");
        var diagram = owner.get(path);
        assertThat(diagram.text("/description")).isEqualTo("Imported from docker-compose");
        assertThat(diagram.json().path("nodes").size())
                .isEqualTo(analysis.path("suggestedNodes").size());
        assertThat(diagram.raw().body()).doesNotContain("canary-5e1d");
        owner.delete(path);
    }

    private static Visitor.Heard create(Visitor by, JsonNode analysis) {
        return by.post(CREATE,
                Map.of("name", "Imported", "clusterId", "home", "analysis", analysis));
    }

    @Test
    void anotherPersonsImportIsUnknown() {
        var analysis = upload(owner, "compose.yml", COMPOSE).json().path("analysis");
        assertThat(create(all.stranger(), analysis).status()).isEqualTo(404);
        var forged = (ObjectNode) analysis.deepCopy();
        forged.put("importId", "imp_nothing");
        assertThat(create(owner, forged).status()).isEqualTo(404);
        assertThat(upload(Visitor.of(server), "compose.yml", COMPOSE).status()).isEqualTo(401);
    }

    @Test
    void namesLineAndKeyOfWhatIsWrong() {
        var wrong = upload(owner, "compose.yaml", """
                services:
                  web:
                    image: nginx
                    ports: ["80:eighty"]
                """);
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error")).contains("line 4", "services.web.ports");
        assertThat(upload(owner, "compose.yaml", "services: [").status()).isEqualTo(400);
        var type = upload(owner, "compose.txt", COMPOSE);
        assertThat(type.status()).isEqualTo(400);
        assertThat(type.text("/error")).contains("Only .yml and .yaml files are allowed");
        var missing = owner.with("Content-Type", "multipart/form-data; boundary=edge")
                .post("/v1/api/import/upload", "--edge--\r\n");
        assertThat(missing.status()).isEqualTo(400);
        assertThat(missing.text("/error")).contains("file");
        var large = upload(owner, "compose.yaml", "#".repeat((1 << 20) + (80 << 10)));
        assertThat(large.status()).isEqualTo(413);
        assertThat(large.text("/error")).isNotEmpty();
        assertThat(owner.post("/v1/api/import/upload", Map.of()).status()).isEqualTo(415);
        var empty = owner.post(CREATE, "{}");
        assertThat(empty.status()).isEqualTo(400);
        assertThat(empty.text("/error")).contains("name", "clusterId", "analysis");
    }

    @Test
    void hugeYamlIsRefusedSoon() {
        var bomb = new StringBuilder("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (char c = 'b'; c <= 'i'; c++) {
            bomb.append("%c: &%c [".formatted(c, c)).append(("*" + (char) (c - 1) + ",").repeat(8))
                    .append("*").append((char) (c - 1)).append("]\n");
        }
        assertThat(upload(owner, "compose.yaml", bomb + COMPOSE).status()).isEqualTo(400);
        assertThat(upload(owner, "compose.yaml",
                "services: " + "[".repeat(10_000) + "]".repeat(10_000)).status()).isEqualTo(400);
        assertThat(owner.post(CREATE, "[".repeat(10_000) + "]".repeat(10_000)).status())
                .isEqualTo(400);
    }
}
