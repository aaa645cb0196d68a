package orrery.server.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.Visitor.Heard;
import orrery.server.tenancy.project.TenancyTest;

/// Roles, groups, policies, people and service accounts over HTTP, and what nobody may do.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class IamTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String IAM = GLOBAL + "/iam";
    private static final String ROLES = IAM + "/roles";
    private static final String GROUPS = IAM + "/groups";
    private static final String POLICIES = IAM + "/policies";
    private static final String USERS = IAM + "/users";
    private static final String ACCOUNTS = IAM + "/service-accounts";
    private static final String CHECK = GLOBAL + "/auth/check";

    @TestHTTPResource
    URI server;

    @Test
    void aRoleIsMadeGivenChangedAndTakenAway() {
        var someone = someone();
        var name = fresh("deployer");
        var made = operator().post(ROLES, Map.of("name", name, "displayName", "Deployer",
                "permissions", List.of("compute.clusters.list", "compute.clusters.get")));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
        assertThat(made.header("Location")).isEqualTo(made.text("/data/selfLink"));
        assertThat(made.text("/data/kind")).isEqualTo("custom");
        assertThat(operator().get(ROLES + "/" + name).text("/data/id"))
                .isEqualTo(made.text("/data/id"));
        assertThat(operator().post(ROLES, Map.of("name", name, "displayName", "Again",
                "permissions", List.of("org.projects.get"))).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");

        var project = project();
        assertThat(allowed(someone, "compute.clusters.get", project)).isFalse();
        var policy = give(name, "user", Residents.id(someone), "project", project);
        assertThat(policy.status()).as(policy.json().toString()).isEqualTo(201);
        assertThat(policy.text("/data/role")).isEqualTo(name);
        assertThat(allowed(someone, "compute.clusters.get", project)).isTrue();
        assertThat(allowed(someone, "compute.clusters.delete", project)).isFalse();
        assertThat(give(name, "user", Residents.id(someone), "project", project).status())
                .isEqualTo(409);

        var inUse = operator().delete(ROLES + "/" + name);
        assertThat(inUse.text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        var changed = operator().with("If-Match", "\"1\"").patch(ROLES + "/" + name,
                Map.of("permissions", List.of("compute.clusters.delete")));
        assertThat(changed.json().at("/data/version").asInt()).isEqualTo(2);
        assertThat(allowed(someone, "compute.clusters.delete", project)).isTrue();
        assertThat(operator().with("If-Match", "\"1\"").patch(ROLES + "/" + name,
                Map.of("displayName", "Late")).status()).isEqualTo(412);

        assertThat(operator().delete(POLICIES + "/" + policy.text("/data/id")).status())
                .isEqualTo(204);
        assertThat(allowed(someone, "compute.clusters.delete", project)).isFalse();
        assertThat(operator().delete(ROLES + "/" + name).status()).isEqualTo(204);
        assertThat(operator().get(ROLES + "/" + name).status()).isEqualTo(404);
    }

    @Test
    void rolesThatComeWithTheServerStandFirstAndStay() {
        var listed = operator().get(ROLES + "?pageSize=500");
        assertThat(listed.json().at("/data/0/kind").asText()).isEqualTo("predefined");
        var owner = listed.json().at("/data").valueStream()
                .filter(role -> role.at("/name").asText().equals("owner"))
                .findFirst().orElseThrow();
        assertThat(owner.at("/id").asText()).matches("rol_[0-9A-Za-z]{26}");
        assertThat(operator().delete(ROLES + "/" + owner.at("/id").asText()).status())
                .isEqualTo(403);
        assertThat(operator().get(IAM + "/permissions").json().at("/data").toString())
                .contains("compute.clusters.create");
        var wrong = operator().post(ROLES, Map.of("displayName", "X", "permissions",
                List.of("compute.clusters.fly", "org.projects.get")));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error/details/fields/permissions")).contains("clusters.fly");
    }

    @Test
    void peopleAreFilteredByExpressions() {
        for (var name : List.of("filter-ann", "filter-bob", "filter-cid")) {
            Residents.of(server).member(name);
        }
        assertThat(found("email:\"FILTER-\" AND NOT name = filter-bob"))
                .containsExactlyInAnyOrder("filter-ann", "filter-cid");
        assertThat(found("name=filter-ann OR name=filter-bob"))
                .containsExactlyInAnyOrder("filter-ann", "filter-bob");
        assertThat(found("name:filter- AND (status=suspended OR displayName=filter-cid)"))
                .containsExactly("filter-cid");
        assertThat(found("name:filter- AND createdAt < 2001-01-01T00:00:00Z")).isEmpty();
        assertThat(found("name=\"x' or true --\"")).isEmpty();
        var paged = operator().get(USERS + "?pageSize=1&sort=name&pageToken=&filter="
                + encoded("name:filter-"));
        assertThat(paged.text("/data/0/name")).isEqualTo("filter-ann");
        var token = paged.text("/meta/pagination/nextPageToken");
        assertThat(operator().get(USERS + "?pageSize=1&sort=name&filter="
                + encoded("name:filter-") + "&pageToken=" + token).text("/data/0/name"))
                .isEqualTo("filter-bob");
        assertThat(operator().get(USERS + "?pageSize=1&sort=name&filter="
                + encoded("name:other-") + "&pageToken=" + token).text("/error/code"))
                .isEqualTo("INVALID_PAGE_TOKEN");

        var wrong = operator().get(USERS + "?filter="
                + encoded("colour=red AND size=3 AND status=purple AND createdAt>soon"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error/code")).isEqualTo("INVALID_FILTER");
        assertThat(wrong.text("/error/message")).as("all mistakes at once")
                .contains("colour").contains("size").contains("purple").contains("a time");
        assertThat(wrong.json().at("/error/details/allowed").toString()).contains("displayName");
        assertThat(operator().get(USERS + "?filter=" + encoded("name=")).text("/error/message"))
                .contains("character 6");
    }

    private List<String> found(String filter) {
        var answer = operator().get(USERS + "?filter=" + encoded(filter));
        assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
        return answer.json().at("/data").valueStream().map(it -> it.at("/name").asText())
                .toList();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void nobodyGivesWhatItDoesNotHold() {
        var admin = someone();
        // Whoever is asked to look after roles, and holds nothing else.
        var name = fresh("role-keeper");
        operator().post(ROLES, Map.of("name", name, "displayName", "Keeper", "permissions",
                List.of("iam.roles.*", "iam.policies.*", "iam.groups.*", "iam.users.*",
                        "iam.serviceaccounts.*")));
        give(name, "user", Residents.id(admin), "org", null);

        var wide = admin.post(ROLES, Map.of("displayName", "Wide", "permissions",
                List.of("compute.*")));
        assertThat(wide.status()).isEqualTo(422);
        assertThat(wide.text("/error/details/fields/permissions")).contains("compute.");
        var own = admin.post(ROLES, Map.of("displayName", "Narrow", "permissions",
                List.of("iam.roles.list")));
        assertThat(own.status()).isEqualTo(201);
        assertThat(admin.patch(ROLES + "/" + own.text("/data/id"), Map.of("permissions",
                List.of("iam.roles.list", "org.projects.delete"))).status()).isEqualTo(422);
        assertThat(admin.post(POLICIES, policy("owner", "user", Residents.id(admin), "org", null))
                .status()).isEqualTo(422);
        assertThat(admin.patch(USERS + "/" + Residents.id(admin),
                Map.of("roles", List.of("member", "owner"))).status()).isEqualTo(422);

        // Nor by a group that holds it, nor by a service account.
        var group = operator().post(GROUPS, Map.of("displayName", "Owners"));
        give("admin", "group", group.text("/data/id"), "org", null);
        assertThat(admin.post(GROUPS + "/" + group.text("/data/id") + "/members",
                Map.of("userId", Residents.id(admin))).status()).isEqualTo(422);
        var account = operator().post(ACCOUNTS, Map.of("displayName", "Robot",
                "scope", "organization", "scopeId", organization(), "roles", List.of("admin")));
        assertThat(account.status()).as(account.json().toString()).isEqualTo(201);
        assertThat(admin.post(ACCOUNTS + "/" + account.text("/data/id") + "/credentials",
                Map.of()).status()).isEqualTo(422);
    }

    @Test
    void aGroupGivesToWhoIsInIt() {
        var someone = someone();
        var project = project();
        var group = operator().post(GROUPS, Map.of("name", fresh("team"),
                "displayName", "Team", "description", "of two"));
        assertThat(group.status()).as(group.json().toString()).isEqualTo(201);
        var path = GROUPS + "/" + group.text("/data/id");
        give("viewer", "group", group.text("/data/id"), "project", project);
        assertThat(allowed(someone, "compute.clusters.get", project)).isFalse();
        var added = operator().post(path + "/members", Map.of("userId", Residents.id(someone)));
        assertThat(added.status()).as(added.json().toString()).isEqualTo(201);
        assertThat(added.text("/data/email")).contains("@example.com");
        assertThat(allowed(someone, "compute.clusters.get", project)).isTrue();
        assertThat(operator().get(path).json().at("/data/memberCount").asInt()).isEqualTo(1);
        assertThat(operator().post(path + "/members", Map.of("userId", Residents.id(someone)))
                .status()).isEqualTo(409);
        assertThat(operator().post(path + "/members", Map.of("userId", "usr_nobody")).status())
                .isEqualTo(422);
        assertThat(operator().get(path + "/members").json().at("/data").size()).isEqualTo(1);
        assertThat(operator().get(path + "/members/" + Residents.id(someone)).text("/data/id"))
                .isEqualTo(added.text("/data/id"));
        assertThat(operator().delete(path).text("/error/code")).isEqualTo("CONFLICT_IN_USE");
        assertThat(operator().delete(path + "/members/" + added.text("/data/id")).status())
                .isEqualTo(204);
        assertThat(allowed(someone, "compute.clusters.get", project)).isFalse();
        assertThat(operator().patch(path, Map.of("displayName", "Crew")).text(
                "/data/displayName")).isEqualTo("Crew");
    }

    @Test
    void aSuspendedPersonIsOutAtOnceAndComesBack() {
        var someone = someone();
        var id = Residents.id(someone);
        var key = someone.post(IAM + "/apikeys", Map.of("displayName", "Key", "scope",
                "organization", "scopeId", organization()));
        assertThat(key.status()).as(key.json().toString()).isEqualTo(201);
        var byKey = Visitor.of(server).as(key.text("/data/secret"));
        assertThat(byKey.get(GLOBAL + "/projects").status()).isEqualTo(200);

        var suspended = operator().patch(USERS + "/" + id, Map.of("status", "suspended"));
        assertThat(suspended.text("/data/status")).isEqualTo("suspended");
        assertThat(someone.get(GLOBAL + "/auth/me").status()).isEqualTo(401);
        assertThat(byKey.get(GLOBAL + "/projects").status()).isEqualTo(401);
        assertThat(operator().get(USERS + "?status=suspended&pageSize=500").json().toString())
                .contains(id);

        operator().patch(USERS + "/" + id, Map.of("status", "active"));
        assertThat(byKey.get(GLOBAL + "/projects").status()).isEqualTo(200);
        assertThat(operator().delete(USERS + "/" + id).status()).isEqualTo(204);
        assertThat(byKey.get(GLOBAL + "/projects").status()).isEqualTo(401);
        assertThat(operator().get(USERS + "/" + id).status()).isEqualTo(404);
    }

    @Test
    void theLastOwnerStays() {
        var id = Residents.id(operator());
        for (var refused : List.of(
                operator().delete(USERS + "/" + id),
                operator().patch(USERS + "/" + id, Map.of("roles", List.of("member"))),
                operator().patch(USERS + "/" + id, Map.of("status", "suspended")),
                operator().delete(GLOBAL + "/organizations/" + organization() + "/members/"
                        + id),
                operator().patch(USERS + "/" + id + "?orgId=%2A",
                        Map.of("status", "disabled")))) {
            assertThat(refused.status()).as(refused.json().toString()).isEqualTo(409);
            assertThat(refused.text("/error/message")).contains("last owner");
        }
        var policy = operator().get(POLICIES + "?roleName=owner&principalId=" + id)
                .text("/data/0/id");
        assertThat(operator().delete(POLICIES + "/" + policy).status()).isEqualTo(409);
    }

    @Test
    void onlyOwnersDemoteAdmins() {
        var one = someone();
        var other = someone();
        var members = GLOBAL + "/organizations/" + organization() + "/members/";
        for (var admin : List.of(one, other)) {
            assertThat(operator().patch(members + Residents.id(admin), Map.of("role", "admin"))
                    .json().at("/data/roles").toString()).isEqualTo("[\"admin\"]");
        }
        assertThat(one.patch(members + Residents.id(other), Map.of("role", "member")).status())
                .isEqualTo(403);
        assertThat(one.delete(members + Residents.id(other)).status()).isEqualTo(403);
        assertThat(one.patch(USERS + "/" + Residents.id(other), Map.of("status", "suspended"))
                .status()).isEqualTo(403);
        assertThat(one.patch(members + Residents.id(one), Map.of("role", "member")).status())
                .as("oneself").isEqualTo(200);
        assertThat(operator().delete(members + Residents.id(other)).status()).isEqualTo(204);
    }

    @Test
    void aServiceAccountHasCredentialsOfItsOwn() {
        var project = project();
        var made = operator().post(ACCOUNTS, Map.of("name", fresh("robot"), "displayName",
                "Robot", "scope", "project", "scopeId", project, "roles", List.of("viewer")));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
        assertThat(made.text("/data/clientId")).matches("robot-[a-z0-9]+@[a-z0-9-]+\\.iam");
        var path = ACCOUNTS + "/" + made.text("/data/id");
        for (int i = 0; i < 5; i++) {
            var credential = operator().post(path + "/credentials", Map.of());
            assertThat(credential.status()).isEqualTo(201);
            assertThat(credential.text("/data/clientSecret"))
                    .startsWith("plt_cs_" + credential.text("/data/id") + "_");
            assertThat(credential.header("Cache-Control")).isEqualTo("no-store");
        }
        var sixth = operator().post(path + "/credentials", Map.of());
        assertThat(sixth.status()).isEqualTo(409);
        assertThat(sixth.text("/error/code")).isEqualTo("CREDENTIAL_LIMIT_EXCEEDED");
        var listed = operator().get(path + "/credentials?status=active");
        assertThat(listed.json().at("/data").size()).isEqualTo(5);
        assertThat(listed.json().toString()).doesNotContain("plt_cs_");
        assertThat(operator().delete(path + "/credentials/" + listed.text("/data/0/id"))
                .status()).isEqualTo(204);
        assertThat(operator().get(path).json().at("/data/activeCredentialCount").asInt())
                .isEqualTo(4);
        var changed = operator().patch(path, Map.of("roles", List.of("member"),
                "status", "disabled"));
        assertThat(changed.json().at("/data/roles").toString()).isEqualTo("[\"member\"]");
        assertThat(changed.text("/data/status")).isEqualTo("disabled");
        assertThat(someone().get(path).status()).as("for admins only").isEqualTo(403);
        assertThat(operator().delete(path).status()).isEqualTo(204);
        assertThat(operator().get(path).status()).isEqualTo(404);
    }

    @Test
    void aServiceAccountGetsTokensForWhatItHolds() {
        var project = project();
        var account = operator().post(ACCOUNTS, Map.of("name", fresh("robot"), "displayName",
                "Robot", "scope", "project", "scopeId", project, "roles", List.of("viewer")));
        var path = ACCOUNTS + "/" + account.text("/data/id");
        var credential = operator().post(path + "/credentials", Map.of());
        var client = account.text("/data/clientId");
        var issued = tokenFor(client, credential.text("/data/clientSecret"));
        assertThat(issued.status()).as(issued.json().toString()).isEqualTo(200);
        var robot = Visitor.of(server).as(issued.text("/data/access_token"));
        assertThat(robot.get(GLOBAL + "/projects/" + project).status()).isEqualTo(200);
        assertThat(robot.patch(GLOBAL + "/projects/" + project, Map.of("displayName", "X"))
                .status()).isEqualTo(403);
        assertThat(robot.get(GLOBAL + "/organizations/" + organization()).status())
                .isEqualTo(404);
        var said = operator().post(GLOBAL + "/auth/introspect",
                Map.of("token", issued.text("/data/access_token")));
        assertThat(said.text("/data/sub")).isEqualTo(client);
        assertThat(said.text("/data/principal_type")).isEqualTo("service_account");
        assertThat(operator().get(path + "/credentials/" + credential.text("/data/id"))
                .json().at("/data/lastUsedAt").isNull()).isFalse();
        // A resource server proves who it is in the request itself (RFC 7662 2.1).
        var own = issued.text("/data/access_token");
        assertThat(introspect(client, credential.text("/data/clientSecret"), own)
                .text("/sub")).isEqualTo(client);
        assertThat(introspect(client, credential.text("/data/clientSecret"),
                operator().headers().get("Authorization").substring("Bearer ".length()))
                .json().toString()).isEqualTo("{\"active\":false}");
        var unproven = introspect(client, "plt_cs_x_y", own);
        assertThat(unproven.status()).isEqualTo(401);
        assertThat(unproven.text("/error")).isEqualTo("invalid_client");

        assertThat(tokenFor(client, "plt_cs_x_y").status()).isEqualTo(401);
        assertThat(tokenFor("other@x.iam", credential.text("/data/clientSecret")).status())
                .isEqualTo(401);
        operator().patch(path, Map.of("status", "disabled"));
        assertThat(robot.get(GLOBAL + "/projects/" + project).status()).isEqualTo(401);
        assertThat(tokenFor(client, credential.text("/data/clientSecret")).status())
                .isEqualTo(401);
        operator().patch(path, Map.of("status", "active"));
        assertThat(robot.get(GLOBAL + "/projects/" + project).status()).isEqualTo(200);
        operator().delete(path + "/credentials/" + credential.text("/data/id"));
        assertThat(robot.get(GLOBAL + "/projects/" + project).status()).isEqualTo(401);
        assertThat(operator().post(GLOBAL + "/auth/introspect",
                Map.of("token", issued.text("/data/access_token"))).json().at("/data").toString())
                .isEqualTo("{\"active\":false}");
    }

    private Heard introspect(String client, String secret, String token) {
        var basic = URLEncoder.encode(client, StandardCharsets.UTF_8) + ":" + secret;
        return Visitor.of(server)
                .with("Content-Type", "application/x-www-form-urlencoded")
                .with("Authorization", "Basic " + Base64.getEncoder().encodeToString(
                        basic.getBytes(StandardCharsets.UTF_8)))
                .post(GLOBAL + "/auth/introspect", "token=" + token);
    }

    private Heard tokenFor(String client, String secret) {
        return Visitor.of(server).post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "client_credentials", "client_id", client,
                "client_secret", secret));
    }

    @Test
    void checksAreAnsweredInTheirOrder() {
        var someone = someone();
        var project = project();
        give("viewer", "user", Residents.id(someone), "project", project);
        var asked = Map.of("checks", List.of(
                Map.of("action", "compute.clusters.get", "resource", project),
                Map.of("action", "compute.clusters.delete", "resource", project),
                Map.of("action", "org.organizations.get", "resource", organization()),
                Map.of("action", "compute.clusters.get", "resource", "cls_" + "x".repeat(26))));
        var own = someone.post(CHECK, asked);
        assertThat(own.json().at("/data/results").toString()).isEqualTo(
                "[{\"allowed\":true,\"reason\":null,\"via\":null},"
                + "{\"allowed\":false,\"reason\":null,\"via\":null},"
                + "{\"allowed\":true,\"reason\":null,\"via\":null},"
                + "{\"allowed\":false,\"reason\":null,\"via\":null}]");
        var about = new HashMap<String, Object>(asked);
        about.put("subject", Residents.id(someone));
        assertThat(operator().post(CHECK, about).json().at("/data/results/0/allowed")
                .asBoolean()).isTrue();
        var why = operator().post(CHECK + "?explain=true", about);
        assertThat(why.text("/data/results/0/via/role")).isEqualTo("viewer");
        assertThat(why.text("/data/results/1/reason")).contains("no policy");
        about.put("subject", Residents.id(operator()));
        assertThat(someone.post(CHECK, about).status()).isEqualTo(403);
        about.put("subject", "usr_nobody");
        assertThat(operator().post(CHECK, about).status()).isEqualTo(404);
        var wrong = operator().post(CHECK, Map.of("checks", List.of(
                Map.of("action", "compute.clusters.fly", "resource", project))));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.json().at("/error/details/fields").toString())
                .contains("checks[0].action");
        assertThat(operator().post(CHECK, Map.of("checks", List.of())).status()).isEqualTo(400);
    }

    @Test
    void otherOrganizationsDoNotExist() {
        var elsewhere = operator().post(GLOBAL + "/organizations",
                Map.of("name", fresh("elsewhere"))).text("/data/id");
        var role = operator().post(ROLES, Map.of("displayName", "R", "orgId", elsewhere,
                "permissions", List.of("org.projects.get"))).text("/data/id");
        var group = operator().post(GROUPS, Map.of("displayName", "G", "orgId", elsewhere))
                .text("/data/id");
        var account = operator().post(ACCOUNTS, Map.of("displayName", "A", "scope",
                "organization", "scopeId", elsewhere)).text("/data/id");
        assertThat(operator().get(ROLES + "/" + role).status())
                .as("found by its identifier").isEqualTo(200);
        var admin = someone();
        give("admin", "user", Residents.id(admin), "org", null);
        for (var path : List.of(ROLES + "/" + role, GROUPS + "/" + group,
                ACCOUNTS + "/" + account, GROUPS + "/" + group + "/members",
                ACCOUNTS + "/" + account + "/credentials")) {
            assertThat(admin.get(path).status()).as(path).isEqualTo(404);
            assertThat(admin.get(path + "?orgId=" + elsewhere).status()).as(path)
                    .isEqualTo(404);
            assertThat(admin.delete(path).status()).as(path).isIn(404, 405);
        }
        assertThat(admin.get(USERS + "?orgId=%2A").status()).isEqualTo(403);
        assertThat(admin.get(USERS + "?orgId=" + elsewhere).status()).isEqualTo(404);
        assertThat(admin.post(POLICIES, policy(role, "user", Residents.id(admin), "org", null))
                .status()).as("a role of another organization").isEqualTo(422);
        assertThat(admin.post(POLICIES, policy("viewer", "group", group, "org", null)).status())
                .isEqualTo(422);
    }

    @Test
    void aPersonKeepsItsProfile() {
        var someone = someone();
        var changed = someone.patch(USERS + "/profile", Map.of("displayName", "Some One",
                "preferences", Map.of("theme", "dark", "rows", 50)));
        assertThat(changed.status()).as(changed.json().toString()).isEqualTo(200);
        var map = new HashMap<String, Object>();
        map.put("rows", null);
        someone.patch(USERS + "/profile", Map.of("preferences", map));
        var profile = someone.get(USERS + "/profile");
        assertThat(profile.text("/data/displayName")).isEqualTo("Some One");
        assertThat(profile.json().at("/data/preferences").toString())
                .isEqualTo("{\"theme\":\"dark\"}");
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }

    /// Somebody new.
    private Visitor someone() {
        return Residents.of(server).member(fresh("person"));
    }

    private String organization() {
        return Residents.of(server).organization();
    }

    private String project() {
        return operator().post(GLOBAL + "/projects", Map.of("organizationId", organization()))
                .text("/data/id");
    }

    private boolean allowed(Visitor who, String action, String resource) {
        return who.post(CHECK, Map.of("checks", List.of(
                Map.of("action", action, "resource", resource))))
                .json().at("/data/results/0/allowed").asBoolean();
    }

    private Heard give(String role, String type, String id, String scope, String resource) {
        return operator().post(POLICIES, policy(role, type, id, scope, resource));
    }

    private static Map<String, Object> policy(
            String role, String type, String id, String scope, String resource) {
        var where = new HashMap<String, Object>(Map.of("type", scope));
        if (resource != null) {
            where.put("resource", resource);
        }
        return Map.of("role", role, "principal", Map.of("type", type, "id", id), "scope", where);
    }

    private static String fresh(String name) {
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }
}
