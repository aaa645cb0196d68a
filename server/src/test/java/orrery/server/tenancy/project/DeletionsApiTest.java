package orrery.server.tenancy.project;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Projects and organizations that are deleted with all that is in them.
@QuarkusTest
@TestProfile(SimulatedServer.class)
class DeletionsApiTest {
    private static final String GLOBAL = "/v1/regions/global";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    private Neighbours all;
    private Visitor owner;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
    }

    private String organization(String name) {
        var made = owner.post(GLOBAL + "/organizations", Map.of("name", name));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made.text("/data/id");
    }

    private String project(String organization, String name) {
        var made = owner.post(GLOBAL + "/projects",
                Map.of("organizationId", organization, "name", name));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made.text("/data/id");
    }

    private static String compute(String project) {
        return "/v1/regions/main/projects/" + project + "/compute";
    }

    private void post(String path, Map<String, ?> body, int status) {
        var made = owner.post(path, body);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(status);
    }

    private void fill(String project) {
        post(compute(project) + "/networks", Map.of("name", "net", "cidr", "10.1.0.0/16"), 201);
        post(compute(project) + "/addresses",
                Map.of("addressType", "INTERNAL", "network", "net"), 201);
        post(compute(project) + "/clusters", Map.of("name", "one", "nodePools", List.of(
                Map.of("role", "control-plane", "network", "net"))), 202);
        post(compute(project) + "/instances", Map.of("name", "box", "type", "vm.small",
                "disks", List.of(Map.of("boot", true, "sizeGb", 20, "source", "debian-12")),
                "nics", List.of(Map.of("network", "net"))), 202);
        var models = "/v1/regions/main/projects/" + project;
        post(models + "/training", Map.of("name", "long", "image", "sim-exit",
                "args", List.of("0", "600"), "nodes", 1, "gpusPerNode", 0,
                "framework", "pytorch"), 202);
        post(models + "/inference", Map.of("name", "chat", "engine", "vllm",
                "model", Map.of("source", "hf://org/model"), "gpu", Map.of("count", 1)), 202);
    }

    @Test
    void aProjectGoesWithAllThatIsInIt() {
        var organization = organization("cascade");
        var project = project(organization, "full");
        var path = GLOBAL + "/projects/" + project;
        fill(project);
        assertThat(addresses(organization)).isGreaterThan(1);
        var refused = owner.delete(path);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(refused.json().at("/error/details/dependents").toString())
                .contains("cluster/one", "network/net", "address/", "instance/box",
                        "training/long", "inference/chat");
        assertThat(owner.delete(path + "?cascade=maybe").status()).isEqualTo(400);

        var accepted = owner.delete(path + "?cascade=true");
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        assertThat(accepted.text("/meta/workflow/type")).isEqualTo("project.delete");
        assertThat(accepted.text("/data/state")).isEqualTo("deleting");
        var again = owner.delete(path + "?cascade=true");
        assertThat(again.status() == 404
                || again.text("/meta/workflowId").equals(accepted.text("/meta/workflowId")))
                .as(again.raw().body()).isTrue();
        var late = owner.post(compute(project) + "/networks", Map.of("cidr", "10.2.0.0/16"));
        assertThat(late.status() == 404
                || late.text("/error/code").equals("INVALID_STATE_TRANSITION"))
                .as(late.raw().body()).isTrue();
        var end = all.end(accepted);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(owner.get(compute(project) + "/clusters").status()).isEqualTo(404);
        assertThat(addresses(organization)).as("given back").isZero();
        project(organization, "full");
    }

    /// How many the organization has, as its quota counts them.
    private long addresses(String organization) {
        return owner.get(GLOBAL + "/organizations/" + organization + "/quotas")
                .json().at("/data/usage/addressCount").asLong(-1);
    }

    @Test
    void whereSomebodyLivesIsKept() {
        var refused = owner.delete(GLOBAL + "/projects/" + all.project() + "?cascade=true");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.json().at("/error/details/dependents").toString())
                .contains("user/").doesNotContain("cluster/");
    }

    @Test
    void anOrganizationGoesWithItsProjectsWhenAnOperatorForcesIt() {
        var organization = organization("doomed");
        var path = GLOBAL + "/organizations/" + organization;
        project(organization, "empty");
        var project = project(organization, "busy");
        post(compute(project) + "/networks", Map.of("name", "net", "cidr", "10.1.0.0/16"), 201);
        var refused = owner.delete(path);
        assertThat(refused.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(refused.json().at("/error/details/dependents").toString())
                .contains("network/net");
        var accepted = owner.delete(path + "?force=true");
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        assertThat(accepted.text("/meta/workflow/type")).isEqualTo("organization.delete");
        var end = all.end(accepted);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(owner.get(GLOBAL + "/projects/" + project).status()).isEqualTo(404);
        organization("doomed");
    }

    @Test
    void whoLivedInADeletedOrganizationStillSignsIn() {
        var account = Map.of("email", "leaver@example.com", "password", "tallow finch 7",
                "name", "leaver", "inviteCode",
                owner.get("/v1/api/settings/invite-code").text("/inviteCode"));
        var person = Visitor.of(server).post("/v1/api/auth/register", account);
        assertThat(person.status()).as(person.raw().body()).isEqualTo(201);
        var organization = organization("abandoned");
        var project = project(organization, "home");
        database.write(access.system("test"), tx -> {
            tx.handle().execute("""
                    update iam_user set home_organization_id = ?, home_project_id = ?
                    where email = 'leaver@example.com'""", organization, project);
            tx.handle().execute("""
                    insert into member (organization_id, user_id, created_at, updated_at)
                    select ?, id, now(), now() from iam_user
                    where email = 'leaver@example.com'""", organization);
        });
        assertThat(owner.delete(GLOBAL + "/projects/" + project + "?cascade=true")
                .json().at("/error/details/dependents").toString()).contains("user/leaver");
        var end = all.end(owner.delete(GLOBAL + "/organizations/" + organization));
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
        var back = Visitor.of(server).post("/v1/api/auth/login", Map.of(
                "email", "leaver@example.com", "password", "tallow finch 7"));
        assertThat(back.status()).as(back.raw().body()).isEqualTo(200);
        var signedIn = Visitor.of(server).as(back.text("/token"));
        assertThat(signedIn.get(GLOBAL + "/auth/me").status()).isLessThan(500);
        assertThat(signedIn.get(GLOBAL + "/projects").json().at("/data")).isEmpty();
    }
}
