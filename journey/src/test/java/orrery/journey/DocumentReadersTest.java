package orrery.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import orrery.kit.http.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// What others read the OpenAPI documents with: linters, generators of clients and a proxy that
/// validates what passes through it. They are fetched by the build.
class DocumentReadersTest {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Path READERS = Path.of("target/document-readers").toAbsolutePath();
    private static final Path SOURCES = Path.of("src/build/documents").toAbsolutePath();
    private static final Path DOCUMENTS = Path.of("../api/openapi").toAbsolutePath().normalize();

    private static final String NEVER = "never asked: ";
    private static final Pattern DONE = Pattern.compile("(\\d+) of (\\d+) operations done");

    private static final Path GENERATOR =
            Path.of("target/openapi-generator-cli.jar").toAbsolutePath();
    private static final String CLASS_PATH = System.getProperty(
            "surefire.test.class.path", System.getProperty("java.class.path"));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @BeforeEach
    void areThere() {
        if (Boolean.getBoolean("orrery.clients.required")) {
            assertThat(READERS).exists();
        }
        assumeThat(Files.exists(READERS))
                .as("they could not be fetched when this was built").isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "studio", "workspace"})
    void lintersFindNoError(String family) throws Exception {
        var document = DOCUMENTS.resolve(family + ".yaml").toString();
        var rules = Files.writeString(
                folder.resolve("rules.yaml"), "extends: [\"spectral:oas\"]\n");
        assertThat(read("spectral", "lint", "--ruleset", rules.toString(), document))
                .doesNotContain(" error ");
        assertThat(read("redocly", "lint", document)).contains("Your API description is valid");
    }

    /// Every request of the first journey goes through the proxy, which says what does not fit. The
    /// journey fails for one such word, and unless the proxy sees what is wrong on purpose. It goes
    /// wherever the document leads: to all that is read, but for streams and redirections, which
    /// the proxy follows itself, and to nine of ten operations.
    @Test
    void generatedClientsTravelAndOneThroughAValidatingProxy() throws Exception {
        var program = generated();
        int port = Installation.freePort();
        int through = Installation.freePort();
        var server = "http://127.0.0.1:" + port;
        try (var installation = new Installation(folder, Map.of());
                var running = installation.server(port);
                var proxy = start("prism", "proxy", DOCUMENTS.resolve("cloud.yaml").toString(),
                        server, "--port", Integer.toString(through))) {
            proxy.await(line -> line.contains("Prism is listening"));
            assertThat(running.output()).contains("ready");
            var code = Caller.NOBODY.ask(port, "GET", "/setup", null).path("code").asText();
            var document = Json.shared().valueToTree(new Load(LoadSettings.builder()
                    .setMaxAliasesForCollections(0).setCodePointLimit(1 << 26).build())
                    .loadFromString(Files.readString(DOCUMENTS.resolve("cloud.yaml"))));
            var said = end(Program.of(List.of("node", program.toString(), server,
                    "http://127.0.0.1:" + through, code, Files.write(
                            folder.resolve("cloud.json"), Json.write(document)).toString()),
                    folder.resolve("journey.log"), Map.of()));
            assertThat(said).contains("ok listed all of it in every way",
                            "ok took all of it away")
                    .containsPattern("0 of \\d+ requests and answers differ");
            wentEverywhere(document, said);
            travelsInJava(port, server);
        }
    }

    private static void wentEverywhere(JsonNode document, String said) {
        var never = said.lines().filter(line -> line.startsWith(NEVER)).findFirst()
                .map(line -> List.of(line.substring(NEVER.length()).split(","))).orElseThrow();
        document.path("paths").forEach(path -> {
            var get = path.path("get");
            if (never.contains(get.path("operationId").asText())) {
                assertThat(get.at("/responses/200/content").propertyStream()
                        .map(Map.Entry::getKey))
                        .as("%s is followed", get.path("operationId"))
                        .isSubsetOf("text/event-stream");
            }
        });
        var done = DONE.matcher(said);
        assertThat(done.find()).isTrue();
        assertThat(10 * Integer.parseInt(done.group(1)))
                .isGreaterThanOrEqualTo(9 * Integer.parseInt(done.group(2)));
    }

    /// The same with the client of another generator, for another language.
    private void travelsInJava(int port, String server) throws Exception {
        var token = Caller.NOBODY.ask(port, "POST", "/v1/api/auth/login", Map.of(
                "email", "reader@orrery.local", "password", "a plainer heron 91"))
                .path("token").asText();
        var made = folder.resolve("java");
        end(java("-jar", GENERATOR.toString(), "generate", "-g", "java", "--library", "native",
                "-i", DOCUMENTS.resolve("cloud.yaml").toString(), "-o", made.toString(),
                "--global-property", "apis,models,supportingFiles,apiTests=false,modelTests=false,"
                        + "apiDocs=false,modelDocs=false",
                "--additional-properties", "openApiNullable=false,useJakartaEe=true,"
                        + "invokerPackage=client,apiPackage=client.api,modelPackage=client.model"));
        var classes = folder.resolve("classes");
        compile(made, classes);
        assertThat(end(java("-cp", classes + File.pathSeparator + CLASS_PATH, "Journey",
                server, token))).contains("ok was refused what is wrong",
                        "ok took all of it away");
    }

    private static void compile(Path made, Path classes) throws IOException {
        var sources = new ArrayList<String>(List.of("-d", classes.toString(), "-cp", CLASS_PATH,
                "-proc:none", "-nowarn", SOURCES.resolve("Journey.java").toString()));
        try (var files = Files.walk(made.resolve("src/main/java"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java"))
                    .forEach(sources::add);
        }
        var said = new ByteArrayOutputStream();
        assertThat(ToolProvider.getSystemJavaCompiler().run(
                null, said, said, sources.toArray(String[]::new))).as(said.toString()).isZero();
    }

    private Program java(String... arguments) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(arguments));
        return Program.of(command, folder.resolve("java-" + arguments[0] + ".log"), Map.of());
    }

    /// The journey, compiled against the types that the document says.
    private Path generated() throws IOException, InterruptedException {
        var home = Files.createDirectories(folder.resolve("typescript"));
        Files.writeString(home.resolve("package.json"), "{\"type\": \"module\"}");
        Files.createSymbolicLink(home.resolve("node_modules"),
                READERS.resolve("node_modules"));
        try (var files = Files.list(SOURCES)) {
            for (var file : files.filter(it -> it.toString().endsWith(".ts")
                    || it.endsWith("tsconfig.json")).toList()) {
                Files.copy(file, home.resolve(file.getFileName()));
            }
        }
        read("openapi-typescript", DOCUMENTS.resolve("cloud.yaml").toString(),
                "--empty-objects-unknown", "-o", home.resolve("cloud.ts").toString());
        read("tsc", "-p", home.toString());
        return home.resolve("journey.js");
    }

    private String read(String reader, String... arguments)
            throws InterruptedException {
        return end(start(reader, arguments));
    }

    private Program start(String reader, String... arguments) {
        var command = new ArrayList<>(List.of(
                READERS.resolve("node_modules/.bin").resolve(reader).toString()));
        command.addAll(List.of(arguments));
        return Program.of(command, folder.resolve(reader + "-" + arguments[0].hashCode() + ".log"),
                Map.of("REDOCLY_TELEMETRY", "off", "SCARF_ANALYTICS", "false"));
    }

    private static String end(Program program) throws InterruptedException {
        int code = program.join(PATIENCE);
        assertThat(code).as(program.output()).isZero();
        return program.output();
    }
}
