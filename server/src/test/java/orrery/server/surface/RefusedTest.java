package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.http.Json;
import orrery.kit.http.Route;
import orrery.kit.http.Routes;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;

/// The rules of the cloud family's inputs, as `cloud/refused.txt` has them: each refuses with the
/// field and the rule, and after all of them everything is as it was.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class RefusedTest {
    private static final Pattern ROW = Pattern.compile(
            " {2}(?:(\\?\\S*) ?)?(?:\\[([-\\w]+): (.*?)] ?)?(\\{.*})? *"
                    + "=> (\\d{3}) ([A-Z_|]+)(?: (.+))?");
    private static final String BODY = "body";
    private static final Pattern LONG = Pattern.compile("x\\*(\\d+)");

    @TestHTTPResource
    URI server;

    @Inject
    Routes routes;

    @Inject
    Database database;

    @Inject
    Access access;

    private Visitor owner;
    private Specimens specimens;
    private final List<String> wrong = new ArrayList<>();

    /// A row, and what stands above it.
    ///
    /// @param body that would do; `null` when each row has its own
    private record Request(String method, String path, @Nullable JsonNode body) {}

    @BeforeEach
    void settle() {
        owner = Neighbours.on(server).owner();
        specimens = Specimens.on(server);
    }

    @Test
    void everyRuleRefusesAndNothingIsLeftBehind() {
        var rows = rows();
        var things = things();
        Specimens.blocks("refused.txt").forEach(this::ask);
        assertThat(wrong).isEmpty();
        assertThat(rows()).as("rows by table").isEqualTo(rows);
        assertThat(things()).isEqualTo(things);
    }

    /// How many rows of each table belong to the organizations that were asked about. The log of
    /// what happened is left out: our own loops write it, too.
    private Map<String, Integer> rows() {
        return database.read(access.system("test"), tx -> {
            var found = new TreeMap<String, Integer>();
            for (var table : tx.handle().createQuery("""
                    select table_name
                    from information_schema.columns
                    where table_schema = 'public'
                      and column_name = 'organization_id'
                      and table_name <> 'event'""").mapTo(String.class).list()) {
                found.put(table, tx.handle().createQuery("select count(*) from " + table
                        + " where organization_id in (:one, :other)")
                        .bind("one", specimens.filled("$organization"))
                        .bind("other", specimens.filled("$home")).mapTo(int.class).one());
            }
            return found;
        });
    }

    private Map<String, JsonNode> things() {
        var found = new TreeMap<String, JsonNode>();
        specimens.all().forEach(one -> found.put(
                one.name(), Steady.of(owner.get(one.path()).json().path("data"))));
        return found;
    }

    private void ask(String block) {
        var lines = block.lines().toList();
        var first = lines.getFirst().split(" ", 2);
        var body = new StringBuilder();
        var rows = new ArrayList<String>();
        lines.stream().skip(1).forEach(line -> {
            if (line.startsWith("  ")) {
                rows.add(line);
            } else {
                body.append(line);
            }
        });
        assertThat(rows).as(block).isNotEmpty();
        for (var path : first[1].equals("every list") ? lists() : List.of(filled(first[1]))) {
            var request = new Request(first[0], path,
                    body.isEmpty() ? null : json(filled(body.toString())));
            rows.forEach(row -> ask(request, row));
        }
    }

    private List<String> lists() {
        return routes.all().stream().filter(DocumentsApiTest::isList)
                .map(Route::template).map(specimens::path).toList();
    }

    private void ask(Request request, String row) {
        var said = ROW.matcher(row);
        assertThat(said.matches()).as(row).isTrue();
        var path = said.group(1) == null ? request.path() : request.path()
                + filled(said.group(1));
        var who = said.group(2) == null ? owner
                : owner.with(said.group(2), filled(said.group(3)));
        var change = said.group(4) == null ? null : json(filled(said.group(4)));
        var body = request.body() == null ? change : merged(request.body().deepCopy(), change);
        boolean isBodiless = request.method().equals("GET") || request.method().equals("DELETE");
        var heard = who.send(request.method(), path, isBodiless ? null : body);
        if (heard.status() != Integer.parseInt(said.group(5))
                || !List.of(said.group(6).split("\\|")).contains(heard.text("/error/code"))
                || !isSaid(heard.json().path("error"), said.group(7))) {
            wrong.add(request.method() + " " + path + "\n" + row.strip() + "\nis answered "
                    + heard.status() + " " + heard.raw().body());
        }
    }

    /// Whether a refusal names one field, and what is to be said of it.
    private static boolean isSaid(JsonNode error, @Nullable String wanted) {
        if (wanted == null) {
            return true;
        }
        if (wanted.startsWith("\"")) {
            return error.path("message").asText()
                    .contains(wanted.substring(1, wanted.length() - 1));
        }
        int colon = wanted.indexOf(':');
        var field = wanted.substring(0, colon);
        var fields = error.at("/details/fields");
        // A change whose only field is none changes nothing, which is said, too.
        return fields.has(field) && fields.size() == (fields.has(BODY) && !field.equals(BODY)
                        ? 2 : 1)
                && fields.path(field).asText().contains(wanted.substring(colon + 1).strip());
    }

    private String filled(String text) {
        return specimens.filled(LONG.matcher(text.replace(
                "$there", "/v1/regions/main/projects/$project"))
                .replaceAll(found -> "x".repeat(Integer.parseInt(found.group(1)))));
    }

    /// RFC 7396.
    private static JsonNode merged(JsonNode into, @Nullable JsonNode change) {
        if (!(change instanceof ObjectNode changes)) {
            return change == null ? into : change;
        }
        var whole = into instanceof ObjectNode object ? object : changes.objectNode();
        changes.properties().forEach(part -> {
            if (part.getValue().isNull()) {
                whole.remove(part.getKey());
            } else {
                whole.set(part.getKey(), merged(whole.path(part.getKey()), part.getValue()));
            }
        });
        return whole;
    }

    private static JsonNode json(String text) {
        try {
            return Json.shared().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }
}
