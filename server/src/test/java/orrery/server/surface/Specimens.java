package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import orrery.server.Neighbours;
import orrery.server.Visitor;

/// One of everything that the cloud family has, on a [orrery.server.SimulatedServer]: made over
/// the wire as `cloud/specimens.txt` says, once for all tests of that server.
final class Specimens {
    private static final Map<URI, Specimens> KNOWN = new ConcurrentHashMap<>();
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Pattern NAME = Pattern.compile("\\$(\\w+(?:\\.run)?)");
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final Pattern LINE = Pattern.compile(
            "(\\w+) (GET|POST) (\\S+)(?: after (\\w+))?(?: until (\\w+))?( quietly)?");

    /// @param path where it is found
    /// @param asked the path that it was asked for at
    /// @param made the answer to the POST; `null` for what was there, or is not told
    /// @param until the state that it comes to by itself; `null` when its run brings it there
    record Specimen(String name, String path, String asked, Visitor.@Nullable Heard made,
            @Nullable String until) {}

    private final Map<String, Specimen> all = new LinkedHashMap<>();
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<String, String> unfinished = new LinkedHashMap<>();
    private final Neighbours people;

    private Specimens(Neighbours people) {
        this.people = people;
        var me = people.owner().get("/v1/regions/global/auth/me");
        ids.put("home", me.text("/data/organization/id"));
        ids.put("me", me.text("/data/user/id"));
        blocks("specimens.txt").forEach(this::make);
        unfinished.values().forEach(this::completed);
        all.values().forEach(this::settled);
    }

    static Specimens on(URI server) {
        return KNOWN.computeIfAbsent(server, it -> new Specimens(Neighbours.on(it)));
    }

    Stream<Specimen> all() {
        return all.values().stream();
    }

    /// The text with identifiers for names.
    String filled(String text) {
        return NAME.matcher(text).replaceAll(name -> Objects.requireNonNull(
                ids.get(name.group(1)), () -> "nothing is called " + name.group()));
    }

    /// The path that a route's template becomes with the identifiers of what there is.
    String path(String template) {
        return filled(PARAMETER.matcher(template).replaceAll("\\$$1"));
    }

    /// The blocks of a table, without its remarks.
    static Stream<String> blocks(String table) {
        try (var in = Objects.requireNonNull(Specimens.class.getResourceAsStream(
                "/cloud/" + table), table)) {
            return Stream.of(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^#.*\n", "").strip().split("\n\\s*\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void make(String block) {
        var lines = block.split("\n", 2);
        var said = LINE.matcher(lines[0]);
        assertThat(said.matches()).as(lines[0]).isTrue();
        if (said.group(4) != null) {
            completed(unfinished.remove(said.group(4)));
        }
        var name = said.group(1);
        var path = filled(said.group(3));
        // The key is used once more, by a request of RefusedTest.
        var heard = people.owner().with("Idempotency-Key", name).send(said.group(2), path,
                said.group(2).equals("GET") ? null : filled(lines[1]));
        assertThat(heard.status()).as(name + ": " + heard.raw().body()).isLessThan(300);
        var data = heard.json().path("data").has("client")
                ? heard.json().at("/data/client") : heard.json().path("data");
        ids.put(name, first(data, "id", "code"));
        var run = heard.text("/meta/workflowId");
        if (!run.isEmpty()) {
            ids.put(name + ".run", run);
            unfinished.put(name, run);
        }
        boolean isMade = said.group(2).equals("POST");
        all.put(name, new Specimen(name, isMade ? first(data, "selfLink") : path, path,
                isMade && said.group(6) == null ? heard : null, said.group(5)));
    }

    private static String first(JsonNode data, String... fields) {
        return Stream.of(fields).map(data::path).filter(JsonNode::isTextual)
                .map(JsonNode::textValue).findFirst().orElse("");
    }

    private void completed(String run) {
        var end = people.end(run);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    }

    private void settled(Specimen one) {
        if (one.until() != null) {
            Awaitility.await(one.name()).atMost(PATIENCE).until(
                    () -> people.owner().get(one.path()).text("/data/state"),
                    one.until()::equals);
        }
    }
}
