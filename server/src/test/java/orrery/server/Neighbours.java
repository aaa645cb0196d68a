package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.test.Waits;
import org.awaitility.Awaitility;

/// The people of a [SimulatedServer]: one who owns the place and a cluster in it, and one from
/// elsewhere who must not even learn of them.
///
/// @param owner signed in, at home in `project`; platform operator too
/// @param stranger signed in, with a project of its own
/// @param project the owner's, by identifier
/// @param cluster identifier of a cluster that runs, named `home`
public record Neighbours(
        URI server, Visitor owner, Visitor stranger, String project, String cluster) {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Map<URI, Neighbours> KNOWN = new ConcurrentHashMap<>();

    static {
        Waits.lookSoon();
    }

    /// Who lives on this server: the first to ask lets them move in.
    public static Neighbours on(URI server) {
        return KNOWN.computeIfAbsent(server, Neighbours::settle);
    }

    private static Neighbours settle(URI server) {
        var anybody = Visitor.of(server);
        var owner = anybody.as(register(anybody, "owner@example.com", "setupCode",
                anybody.get("/setup").text("/code")));
        var stranger = anybody.as(register(anybody, "stranger@example.com", "inviteCode",
                owner.get("/v1/api/settings/invite-code").text("/inviteCode")));
        var project = owner.get("/v1/regions/global/auth/me").text("/data/projectId");
        var made = owner.post(compute(project) + "/clusters", Map.of("name", "home",
                "nodePools", List.of(Map.of("role", "control-plane"), Map.of("role", "worker"))));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(202);
        var all = new Neighbours(server, owner, stranger, project, made.text("/data/id"));
        assertThat(all.end(made).path("status").asText()).isEqualTo("completed");
        return all;
    }

    private static String register(Visitor anybody, String email, String name, String code) {
        var answer = anybody.post("/v1/api/auth/register", Map.of(
                "email", email, "password", "tallow finch 7", "name", email, name, code));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        return answer.text("/token");
    }

    private static String compute(String project) {
        return "/v1/regions/main/projects/" + project + "/compute";
    }

    /// Where the owner's networks and clusters are.
    public String compute() {
        return compute(project);
    }

    /// The run of an accepted request, when it is over.
    public JsonNode end(Visitor.Heard accepted) {
        return end(accepted.text("/meta/workflow/id"));
    }

    public JsonNode end(String run) {
        return Awaitility.await().atMost(PATIENCE).until(
                () -> owner.get("/v1/workflows/runs/" + run).json().path("data"),
                data -> !List.of("pending", "running").contains(data.path("status").asText()));
    }

    /// Asserts that the stranger's request is answered as if there were nothing.
    public void unknown(String method, String path, Object body) {
        var heard = stranger.send(method, path, body);
        assertThat(heard.status()).as(method + " " + path + ": " + heard.raw().body())
                .isEqualTo(404);
        var anonymous = Visitor.of(server).send(method, path, body);
        assertThat(anonymous.status()).as(method + " " + path).isEqualTo(401);
    }
}
