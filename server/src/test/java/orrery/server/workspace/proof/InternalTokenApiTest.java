package orrery.server.workspace.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import orrery.kit.access.Access;
import orrery.kit.http.Json;
import orrery.kit.kube.KubeClients;
import orrery.kit.kube.KubeTarget;
import orrery.kit.kube.KubeView;
import orrery.kit.kube.Kubeconfig;
import orrery.kit.kube.Kind;
import orrery.kit.kube.Stranger;
import orrery.server.Neighbours;
import orrery.server.SimulatedRegion;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import orrery.server.WorkspaceTenant;
import orrery.server.compute.cluster.Clusters;
import orrery.server.workspace.workspace.Workspaces;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a workspace's pod gets for its proof, and what everybody else gets for theirs.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class InternalTokenApiTest {
    private static final String NAMESPACE = "orrery-workspaces";
    private static final String OURS = Workspaces.AUDIENCE;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TestHTTPResource
    URI server;

    @Inject
    Clusters clusters;

    @Inject
    KubeClients clients;

    @Inject
    Access access;

    private Neighbours all;
    private String path;
    private String name;
    private String username;
    private KubeView cluster;
    private Stranger stranger;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        path = WorkspaceTenant.up(all);
        name = path.substring(path.lastIndexOf('/') + 1);
        username = all.owner().get(path).text("/username");
        var target = clusters.target(access.system("test"), all.cluster());
        cluster = clients.view(target);
        stranger = new Stranger(clients, target);
    }

    @Test
    void aWorkspacesPodGetsItsOwnersToken() {
        var got = ask(username, proof());
        assertThat(got.status()).as(got.raw().body()).isEqualTo(200);
        assertThat(got.header("Cache-Control")).isEqualTo("no-store");
        assertThat(got.text("/username")).isEqualTo(username);
        assertThat(Instant.parse(got.text("/expiresAt")))
                .isBefore(Instant.now().plus(Duration.ofMinutes(16)));
        var inside = Visitor.of(server).as(got.text("/token"));
        assertThat(inside.get("/api/v1/me/profile").text("/username")).isEqualTo(username);
        assertThat(inside.get("/api/v1/users/" + username + "/profile").status()).isEqualTo(200);
        assertThat(inside.get(path).status()).isEqualTo(200);
        assertThat(inside.delete(path).status()).as("it may not delete").isEqualTo(403);
        assertThat(inside.get("/api/v1/users/stranger/profile").status())
                .as("its owner is an operator, and it is not").isEqualTo(403);
        assertThat(inside.get("/api/v1/users").status()).isEqualTo(403);
        assertThat(inside.get("/v1/regions/global/auth/me").status()).isEqualTo(403);
        assertThat(all.owner().get("/api/v1/me/tokens").raw().body())
                .as("not one that the owner looks after").doesNotContain("workspace " + name);
    }

    @Test
    void refusesEverybodyElseAlike() {
        var pod = pod(name);
        refused("no proof", username, null);
        refused("no token", username, "x");
        refused("another user", "stranger", proof());
        refused("nobody", "nobody", proof());
        refused("a user's token", username, all.owner().headers()
                .get("Authorization").substring("Bearer ".length()));
        refused("another audience", username, stranger.token(NAMESPACE, name, "somebody", pod));
        refused("the cluster's audience", username,
                stranger.token(NAMESPACE, name, "https://kubernetes.default.svc", pod));
        refused("bound to no pod", username, stranger.token(NAMESPACE, name, OURS, null));
        var parts = proof().split("\\.");
        refused("a signature that is none", username, parts[0] + "." + parts[1] + "."
                + (parts[2].startsWith("A") ? "B" : "A") + parts[2].substring(1));
    }

    /// Whoever may make pods on the cluster can give one the owner's labels, name the workspace's
    /// account, and claim what it likes. The UIDs that we stored are not theirs to choose.
    @Test
    void aForgedLabelIsWorthNothing() {
        var forged = JsonNodeFactory.instance.objectNode();
        forged.put("apiVersion", "v1").put("kind", "Pod");
        var metadata = forged.putObject("metadata").put("name", "forged-" + name)
                .put("namespace", NAMESPACE);
        metadata.set("labels", cluster.find(Kind.POD, NAMESPACE, name).orElseThrow()
                .at("/metadata/labels"));
        var spec = cluster.find(Kind.POD, NAMESPACE, name).orElseThrow()
                .path("spec").<ObjectNode>deepCopy();
        spec.remove("nodeName");
        forged.set("spec", spec);
        stranger.create(forged);
        try {
            var theirs = pod("forged-" + name);
            var token = stranger.token(NAMESPACE, name, OURS, theirs);
            refused("the workspace's labels and account, another pod", username, token);
            refused("the same, and it says that it is the workspace's pod", username,
                    claiming(token, pod(name).get("uid")));
        } finally {
            stranger.remove(Kind.POD, NAMESPACE, "forged-" + name);
        }
    }

    /// The same names on another cluster, whose administrator makes tokens at will.
    @Test
    void anotherClusterProvesNothing() throws Exception {
        var config = Kubeconfig.read(Files.readString(SimulatedRegion.kubeconfig()), null);
        var target = new KubeTarget("another", config, Set.of(config.server().getHost()));
        var elsewhere = new Stranger(clients, target);
        var other = "elsewhere-" + name;
        for (var kind : new String[] {"Namespace", "ServiceAccount", "Pod"}) {
            var object = JsonNodeFactory.instance.objectNode();
            object.put("apiVersion", "v1").put("kind", kind);
            var metadata = object.putObject("metadata");
            if (kind.equals("Namespace")) {
                metadata.put("name", other);
            } else {
                metadata.put("name", name).put("namespace", other);
            }
            if (kind.equals("Pod")) {
                object.putObject("spec").put("serviceAccountName", name).putArray("containers")
                        .addObject().put("name", "c").put("image", "registry.k8s.io/pause:3.10");
            }
            elsewhere.create(object);
        }
        var uid = clients.view(target).find(Kind.POD, other, name).orElseThrow()
                .at("/metadata/uid").asText();
        var token = elsewhere.token(other, name, OURS, Map.of("name", name, "uid", uid));
        refused("another cluster", username, token);
        refused("another cluster that claims the pod", username,
                claiming(token, pod(name).get("uid")));
        elsewhere.remove(Kind.POD, other, name);
    }

    @Test
    void aWorkspaceThatIsStoppedProvesNothingAndKeepsNothing() {
        var before = proof();
        var got = ask(username, before);
        assertThat(got.status()).isEqualTo(200);
        var inside = Visitor.of(server).as(got.text("/token"));
        assertThat(inside.get("/api/v1/me/profile").status()).isEqualTo(200);
        assertThat(all.owner().delete(path).status()).isEqualTo(202);
        refused("on its way out", username, before);
        assertThat(inside.get("/api/v1/me/profile").status()).as("at once").isEqualTo(401);
        Awaitility.await().atMost(PATIENCE)
                .until(() -> all.owner().get(path).text("/status").equals("Stopped"));
        WorkspaceTenant.up(all);
        refused("the pod that it had before", username, before);
        assertThat(ask(username, proof()).status()).isEqualTo(200);
    }

    /// Somebody else's workspace, in the same organization and on the same cluster.
    @Test
    void anothersWorkspaceProvesTheOtherOnly() {
        var mate = Visitor.of(server).as(mate());
        var asked = mate.post("/api/v1/workspaces", Map.of("cluster", "home"));
        assertThat(asked.status()).as(asked.raw().body()).isIn(202, 409);
        var theirs = mate.get("/api/v1/workspaces").text("/0/name");
        Awaitility.await().atMost(PATIENCE).until(() ->
                mate.get("/api/v1/workspaces/" + theirs).text("/status").equals("Running"));
        var proof = stranger.token(NAMESPACE, theirs, OURS, pod(theirs));
        refused("the mate's pod for the owner's token", username, proof);
        refused("the owner's pod for the mate's token", "mate", proof());
        refused("the mate's account, bound to the owner's pod", username,
                claiming(proof, pod(name).get("uid")));
        var inside = Visitor.of(server).as(ask("mate", proof).text("/token"));
        assertThat(inside.get("/api/v1/me/profile").text("/username")).isEqualTo("mate");
        assertThat(inside.get(path).status()).as("the owner's workspace").isEqualTo(404);
        assertThat(inside.get("/api/v1/users/" + username + "/profile").status())
                .isEqualTo(403);
    }

    /// Someone who may have workspaces on the owner's cluster.
    private String mate() {
        var anybody = Visitor.of(server);
        var account = Map.of("email", "mate@example.com", "password", "tallow finch 8");
        var again = anybody.post("/v1/api/auth/login", account);
        if (again.status() == 200) {
            return again.text("/token");
        }
        var more = new HashMap<String, Object>(account);
        more.put("name", "Mate");
        more.put("inviteCode",
                all.owner().get("/v1/api/settings/invite-code").text("/inviteCode"));
        var token = anybody.post("/v1/api/auth/register", more).text("/token");
        var me = anybody.as(token).get("/v1/regions/global/auth/me");
        var given = all.owner().post("/v1/regions/global/iam/policies", Map.of(
                "orgId", me.text("/data/organization/id"), "role", "admin",
                "principal", Map.of("type", "user", "id", me.text("/data/user/id")),
                "scope", Map.of("type", "project", "resource", all.project())));
        assertThat(given.status()).as(given.raw().body()).isEqualTo(201);
        return token;
    }

    /// A cluster forgets a token with its pod or its account, whatever its time.
    @Test
    void aRevokedProofIsWorthNothing() {
        var before = proof();
        assertThat(ask(username, before).status()).isEqualTo(200);
        stranger.remove(Kind.POD, NAMESPACE, name);
        Awaitility.await().atMost(PATIENCE)
                .until(() -> cluster.find(Kind.POD, NAMESPACE, name).isEmpty());
        refused("its pod is gone, and we do not know yet", username, before);
        restart();
        var later = proof();
        assertThat(ask(username, later).status()).isEqualTo(200);
        stranger.remove(Kind.SERVICE_ACCOUNT, NAMESPACE, name);
        refused("its account is gone", username, later);
        var account = JsonNodeFactory.instance.objectNode();
        account.put("apiVersion", "v1").put("kind", "ServiceAccount");
        account.putObject("metadata").put("name", name).put("namespace", NAMESPACE);
        stranger.create(account);
        refused("another account of that name, and the right pod", username, proof());
        stranger.remove(Kind.SERVICE_ACCOUNT, NAMESPACE, name);
        restart();
        assertThat(ask(username, proof()).status()).isEqualTo(200);
    }

    private void restart() {
        assertThat(all.owner().delete(path).status()).isEqualTo(202);
        Awaitility.await().atMost(PATIENCE)
                .until(() -> all.owner().get(path).text("/status").equals("Stopped"));
        WorkspaceTenant.up(all);
    }

    @Test
    void aDeletedWorkspaceProvesNothingAndKeepsNothing() {
        var before = proof();
        var inside = Visitor.of(server).as(ask(username, before).text("/token"));
        assertThat(inside.get("/api/v1/me/profile").status()).isEqualTo(200);
        assertThat(all.owner().delete(path + "?delete=true").status()).isEqualTo(202);
        refused("on its way out", username, before);
        assertThat(inside.get("/api/v1/me/profile").status()).as("at once").isEqualTo(401);
        Awaitility.await().atMost(PATIENCE)
                .until(() -> all.owner().get(path).status() == 404);
        refused("gone", username, before);
        assertThat(cluster.find(Kind.SERVICE_ACCOUNT, NAMESPACE, name)).isEmpty();
        WorkspaceTenant.up(all);
        refused("the next one of that name is another", username, before);
        assertThat(ask(username, proof()).status()).isEqualTo(200);
    }

    private void refused(String what, String user, String token) {
        var heard = ask(user, token);
        assertThat(heard.status()).as(what).isEqualTo(401);
        assertThat(heard.json().toString()).as(what)
                .isEqualTo("{\"status\":401,\"msg\":\"Unauthorized\"}");
    }

    private Visitor.Heard ask(String user, String token) {
        var visitor = Visitor.of(server);
        return (token == null ? visitor : visitor.as(token))
                .post("/api/v1/internal/users/" + user + "/token", "");
    }

    /// What the kubelet puts into the workspace's pod.
    private String proof() {
        return stranger.token(NAMESPACE, name, OURS, pod(name));
    }

    private Map<String, String> pod(String pod) {
        return Map.of("name", pod, "uid", cluster.find(Kind.POD, NAMESPACE, pod).orElseThrow()
                .at("/metadata/uid").asText());
    }

    /// The token with another pod's UID in its claims; its signature is no longer good.
    private static String claiming(String token, String uid) {
        var parts = token.split("\\.");
        var claims = Json.read(new String(Base64.getUrlDecoder().decode(parts[1]),
                StandardCharsets.UTF_8), JsonNode.class);
        ((ObjectNode) claims.at("/kubernetes.io/pod")).put("uid", uid);
        return parts[0] + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(
                claims.toString().getBytes(StandardCharsets.UTF_8)) + "." + parts[2];
    }
}
