package orrery.server.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.http.Place;
import orrery.kit.http.Route;
import orrery.kit.http.Routes;
import orrery.server.Residents;
import orrery.server.StopAtTheDoor;
import orrery.server.Tenant;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;
import org.junit.jupiter.api.Test;

/// Every route, called by every kind of caller, in its own organization and in another's. A new
/// route is tried without anybody writing a test for it; what it needs to be called is asked for.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class TenancyMatrixTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final Path MATRIX = Path.of("../api/authz.txt");
    private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
    private static final int REFUSED_FROM = 400;

    private static final String CREDENTIAL =
            "{\"scope\": \"x.example\", \"subject\": \"x\", \"secret\": \"x\"}";

    /// What somebody sends who wants something of another organization, for routes whose own
    /// rights stand in the body, or are one's own. `$name` is a thing of the other organization.
    private static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("PUT /v1/api/workflows/{id}", "{\"description\": \"x\"}"),
            Map.entry("POST /v1/api/workflows/{id}/save", "{\"nodes\": []}"),
            Map.entry("POST /v1/api/workflows/{id}/clone", "{\"name\": \"x\"}"),
            Map.entry("POST /v1/api/workflows/{id}/versions", "{\"name\": \"x\"}"),
            Map.entry("PUT /v1/api/workflows/{id}/versions/{version}", "{\"tag\": \"x\"}"),
            Map.entry("POST " + GLOBAL + "/projects",
                    "{\"organizationId\": \"$organization\", \"name\": \"x\"}"),
            Map.entry("POST " + GLOBAL + "/organizations", "{\"name\": \"x\"}"),
            Map.entry("POST " + GLOBAL + "/iam/groups",
                    "{\"orgId\": \"$organization\", \"displayName\": \"X\"}"),
            Map.entry("POST " + GLOBAL + "/iam/roles", "{\"orgId\": \"$organization\","
                    + " \"displayName\": \"X\", \"permissions\": [\"compute.clusters.get\"]}"),
            Map.entry("POST " + GLOBAL + "/iam/policies", "{\"orgId\": \"$organization\","
                    + " \"role\": \"viewer\", \"principal\": {\"type\": \"user\","
                    + " \"id\": \"$user\"}, \"scope\": {\"type\": \"project\","
                    + " \"resource\": \"$project\"}}"),
            Map.entry("POST " + GLOBAL + "/iam/providers", "{\"orgId\": \"$organization\","
                    + " \"displayName\": \"X\", \"tenantDomain\": \"x.example\","
                    + " \"oidcConfig\": {\"discoveryUrl\": \"https://x.example/\","
                    + " \"clientId\": \"x\"}}"),
            Map.entry("POST " + GLOBAL + "/iam/clients", "{\"organizationId\":"
                    + " \"$organization\", \"displayName\": \"X\","
                    + " \"redirectUris\": [\"https://x.example/\"]}"),
            Map.entry("POST " + GLOBAL + "/iam/service-accounts", "{\"displayName\": \"X\","
                    + " \"scope\": \"organization\", \"scopeId\": \"$organization\","
                    + " \"roles\": []}"),
            Map.entry("POST " + GLOBAL + "/iam/apikeys", "{\"displayName\": \"X\","
                    + " \"scope\": \"organization\", \"scopeId\": \"$organization\"}"),
            Map.entry("POST " + GLOBAL + "/auth/check", "{\"subject\": \"$user\", \"checks\":"
                    + " [{\"action\": \"compute.clusters.get\", \"resource\": \"$cluster\"}]}"),
            Map.entry("POST /v1/regions/{region}/inference", "{\"projectId\": \"$project\","
                    + " \"model\": {\"source\": \"hf://a/b\"}, \"engine\": \"vllm\","
                    + " \"gpu\": {\"count\": 1}}"),
            Map.entry("PATCH /v1/regions/{region}/inference/{resource}",
                    "{\"displayName\": \"X\"}"),
            Map.entry("POST /v1/regions/{region}/training", "{\"projectId\": \"$project\","
                    + " \"image\": \"x\", \"nodes\": 1, \"gpusPerNode\": 0}"),
            Map.entry("PATCH /v1/regions/{region}/training/{resource}",
                    "{\"displayName\": \"X\"}"),
            Map.entry("PATCH " + GLOBAL + "/iam/apikeys/{key}", "{\"displayName\": \"X\"}"),
            Map.entry("PATCH " + GLOBAL + "/iam/clients/{client}", "{\"displayName\": \"X\"}"),
            Map.entry("PATCH " + GLOBAL + "/auth/session",
                    "{\"organizationId\": \"$organization\"}"),
            Map.entry("PATCH " + GLOBAL + "/iam/users/profile",
                    "{\"preferences\": {\"x\": \"y\"}}"),
            Map.entry("PUT /v1/api/profile", "{\"name\": \"Ann\"}"),
            Map.entry("PUT /v1/api/profile/password", "{\"currentPassword\": \"wrong\","
                    + " \"newPassword\": \"correct mule battery\"}"),
            Map.entry("POST " + GLOBAL + "/auth/identities", "{\"provider\": \"$provider\"}"),
            Map.entry("POST " + GLOBAL + "/auth/factors/totp/confirm",
                    "{\"enrolment\": \"x\", \"code\": \"000000\"}"),
            Map.entry("POST " + GLOBAL + "/auth/factors/passkeys/confirm",
                    "{\"challenge\": \"x\", \"name\": \"x\", \"credential\": {}}"),
            Map.entry("POST " + GLOBAL + "/auth/passkey",
                    "{\"challenge\": \"x\", \"credential\": {}}"),
            Map.entry("POST /api/v1/me/credentials/{name}", CREDENTIAL),
            Map.entry("PATCH /api/v1/me/credentials/{name}", CREDENTIAL),
            Map.entry("POST /api/v1/users/{username}/credentials/{name}", CREDENTIAL),
            Map.entry("PATCH /api/v1/users/{username}/credentials/{name}", CREDENTIAL),
            Map.entry("PATCH /api/v1/me/profile", "{}"),
            Map.entry("POST /api/v1/users", "{\"organization\": \"$organization\","
                    + " \"email\": \"x@y.example\", \"fullname\": \"X\","
                    + " \"password\": \"correct mule battery\"}"),
            Map.entry("DELETE /api/v1/users/{username}", "{\"preserveWorkspaces\": false}"),
            Map.entry("POST /api/v1/users/{username}/roles", "{\"roles\": [\"org-admin\"]}"),
            Map.entry("DELETE /api/v1/users/{username}/roles", "{\"roles\": [\"org-admin\"]}"),
            Map.entry("PUT /api/v1/me/password", "{\"password\": \"correct mule battery\"}"),
            Map.entry("PUT /api/v1/users/{username}/password",
                    "{\"password\": \"correct mule battery\"}"),
            Map.entry("POST /api/v1/me/keys", "{\"keys\": [\"x\"]}"),
            Map.entry("POST /api/v1/users/{username}/keys", "{\"keys\": [\"x\"]}"),
            Map.entry("PATCH /api/v1/users/{username}/profile", "{\"name\": \"Ann\"}"),
            Map.entry("POST /api/v1/me/tokens",
                    "{\"name\": \"x\", \"scopes\": [\"user:list\"]}"),
            Map.entry("POST /api/v1/users/{username}/tokens",
                    "{\"name\": \"x\", \"scopes\": [\"user:list\"]}"),
            Map.entry("PATCH /api/v1/me/tokens/{token}", "{\"active\": false}"),
            Map.entry("PATCH /api/v1/users/{username}/tokens/{token}", "{\"active\": false}"),
            Map.entry("POST " + GLOBAL + "/iam/apikeys/{key}:rotate", "{}"),
            Map.entry("POST " + GLOBAL + "/iam/clients/{client}:rotate", "{}"),
            Map.entry("POST " + GLOBAL + "/workflows/runs/{run}/retry", "{}"),
            Map.entry("POST " + GLOBAL + "/workflows/runs/{run}:retry", "{}"),
            Map.entry("POST /v1/workflows/runs/{run}/retry", "{}"),
            Map.entry("POST /v1/workflows/runs/{run}:retry", "{}"),
            Map.entry("PUT /api/v1/workspaces/{workspace}/files", "x"),
            Map.entry("POST /v1/regions/{region}/deploys", "{\"projectId\": \"$project\","
                    + " \"stackId\": \"$stack\", \"name\": \"x\"}"),
            Map.entry("PATCH /v1/regions/{region}/deploys/{deploy}", "{\"replicas\": 2}"),
            Map.entry("POST /v1/api/workflows",
                    "{\"name\": \"x\", \"clusterId\": \"$cluster\", \"nodes\": [],"
                            + " \"edges\": []}"),
            Map.entry("POST /v1/api/import/upload", "{\"content\": \"services: {}\"}"),
            Map.entry("POST /v1/api/import/create-workflow",
                    "{\"name\": \"x\", \"clusterId\": \"$cluster\", \"sessionId\": \"x\"}"),
            Map.entry("PUT /v1/api/workflows/{id}/status", "{\"status\": \"published\"}"),
            Map.entry("POST /v1/api/workflows/{id}/run", "{}"),
            Map.entry("PUT /v1/api/settings/regenerate-setting",
                    "{\"regenerateAfterSignup\": false}"),
            Map.entry("POST /api/v1/workspaces", "{\"workspace\": \"$username\"}"));

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Inject
    Routes routes;

    private Tenant own;
    private Tenant other;

    /// In the order of their rights.
    private Map<String, Visitor> callers() {
        var residents = Residents.of(server);
        own = tenant("A", residents.member("matrix-owner"));
        other = tenant("B", residents.member("matrix-other"));
        database.write(access.system("test"), tx -> tx.handle().execute("""
                insert into totp (id, user_id, created_at, last_step, sealed_secret)
                values (?, ?, now(), 0, '')""", other.things().get("factor"), other.owner()));
        var all = new LinkedHashMap<String, Visitor>();
        all.put("nobody", Visitor.of(server));
        all.put("outsider", residents.member("matrix-outsider"));
        all.put("viewer", placed("matrix-viewer", "viewer", "project"));
        all.put("member", placed("matrix-member", "member", "org"));
        all.put("admin", placed("matrix-admin", "admin", "org"));
        all.put("owner", placed("matrix-owner", null, null));
        all.put("account", account(all.get("owner")));
        all.put("key", Visitor.of(server).as(all.get("owner").post(GLOBAL + "/iam/apikeys",
                Map.of("displayName", "matrix", "scope", "organization", "scopeId", own.id()))
                .text("/data/secret")));
        all.put("operator", residents.operator());
        return all;
    }

    private Tenant tenant(String name, Visitor owner) {
        return Tenant.create(database, access, name, Residents.id(owner));
    }

    /// Somebody whose home is the first organization, signed in there.
    private Visitor placed(String name, String role, String scope) {
        var id = Residents.id(Residents.of(server).member(name));
        database.write(access.system("test"), tx -> {
            tx.handle().execute("""
                    update iam_user set home_organization_id = ?, home_project_id = ?
                    where id = ?""", own.id(), own.project(), id);
            tx.handle().execute("""
                    insert into member (organization_id, user_id, created_at, updated_at)
                    values (?, ?, now(), now()) on conflict do nothing""", own.id(), id);
        });
        if (role != null) {
            var given = Residents.of(server).operator().post(GLOBAL + "/iam/policies", Map.of(
                    "orgId", own.id(), "role", role,
                    "principal", Map.of("type", "user", "id", id),
                    "scope", scope.equals("org") ? Map.of("type", "org")
                            : Map.of("type", scope, "resource", own.project())));
            assertThat(given.status()).as(given.json().toString()).isEqualTo(201);
        }
        return Residents.of(server).signedIn(name);
    }

    private Visitor account(Visitor owner) {
        var made = owner.post(GLOBAL + "/iam/service-accounts", Map.of("displayName", "Matrix",
                "scope", "organization", "scopeId", own.id(), "roles", List.of("admin")));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
        var credential = owner.post(GLOBAL + "/iam/service-accounts/" + made.text("/data/id")
                + "/credentials", Map.of());
        var token = Visitor.of(server).post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "client_credentials", "client_id", made.text("/data/clientId"),
                "client_secret", credential.text("/data/clientSecret")));
        return Visitor.of(server).as(token.text("/data/access_token"));
    }

    @Test
    void nobodyReachesAnotherOrganization() throws IOException {
        var callers = callers();
        var before = other.fingerprint(database, access);
        assertThat(before).hasSizeGreaterThan(20);
        var wrong = new ArrayList<String>();
        var lines = new TreeMap<String, String>();
        var all = routes.all().stream().filter(it -> !it.isWebSocket())
                .sorted(Comparator.comparing(TenancyMatrixTest::address)).toList();
        for (var route : all) {
            lines.put(address(route), door(callers, route, wrong));
        }
        // One's own events would be heard for ever; whose they are is RunsApiTest's.
        all.stream().filter(route -> route.kind() != Route.Kind.OPEN)
                .filter(it -> names(it) || !it.produces().contains("text/event-stream"))
                .sorted(Comparator.comparing(route -> route.template().endsWith("/auth/session")))
                .forEach(route -> inside(callers, route, wrong));
        assertThat(wrong).isEmpty();
        assertThat(other.fingerprint(database, access)).isEqualTo(before);
        seesWhatItLooksFor(callers.get("operator"), before);
        compare(text(callers, lines));
    }

    /// An operator reads and writes across: what this test looks for would be seen.
    private void seesWhatItLooksFor(Visitor operator, Map<String, String> before) {
        var path = GLOBAL + "/organizations/" + other.id();
        assertThat(operator.get(path).raw().body()).contains(Tenant.MARK + "-B");
        assertThat(operator.patch(path, Map.of("description", "seen")).status()).isEqualTo(200);
        assertThat(other.fingerprint(database, access)).isNotEqualTo(before);
    }

    /// Who gets past the door of a route, in its own organization and in the other.
    private String door(Map<String, Visitor> callers, Route route, List<String> wrong) {
        var line = new StringBuilder();
        for (var place : List.of(own, other)) {
            callers.forEach((name, caller) -> {
                var status = caller.with(StopAtTheDoor.HEADER, "yes")
                        .send(route.method(), path(route, place, wrong), "{}").status();
                var isIn = status == StopAtTheDoor.LET_IN;
                line.append(isIn ? "  x" : status < REFUSED_FROM ? "  !" : "  .");
                if (isIn && place == other && !name.equals("operator") && leads(route)) {
                    wrong.add(name + " gets in at " + address(route));
                }
                if (status < REFUSED_FROM && !isIn || status >= 500) {
                    wrong.add(name + " hears " + status + " at " + address(route));
                }
            });
            line.append("   ");
        }
        return line.toString().stripTrailing();
    }

    /// Whether the door itself knows in which organization the route works. What is in a tenant
    /// that the caller may not know is looked for in its own, and not found there.
    private static boolean leads(Route route) {
        return route.place() == Place.ORGANIZATION || route.place() == Place.PROJECT
                || route.place() == Place.TENANT && !names(route);
    }

    /// What those hear who mean something of the other organization, past the door.
    private void inside(Map<String, Visitor> callers, Route route, List<String> wrong) {
        var body = route.method().equals("GET") ? null : body(route, wrong);
        for (var name : List.of("outsider", "viewer", "owner", "account", "key")) {
            var heard = callers.get(name).send(route.method(), path(route, other, wrong), body);
            var where = name + " at " + address(route) + " hears " + heard.status();
            if (heard.raw().body().contains(Tenant.MARK + "-B")) {
                wrong.add(where + " and reads of the other organization: " + heard.raw().body());
            }
            if (heard.status() < REFUSED_FROM && names(route) || heard.status() >= 500) {
                wrong.add(where);
            }
        }
    }

    /// Whether the path names something of the other organization.
    private static boolean names(Route route) {
        return PARAMETER.matcher(route.template()).results()
                .anyMatch(found -> !found.group(1).equals("region"));
    }

    private String body(Route route, List<String> wrong) {
        if (route.consumes().isEmpty()) {
            return null;
        }
        var body = BODIES.get(address(route));
        if (body == null) {
            if (!leads(route) && route.place() != Place.PLATFORM
                    && route.place() != Place.TENANT) {
                wrong.add("add to BODIES what a stranger sends to " + address(route));
            }
            return "{}";
        }
        for (var thing : things(route, other).entrySet()) {
            body = body.replace("$" + thing.getKey() + "\"", thing.getValue() + "\"");
        }
        return body;
    }

    private static String path(Route route, Tenant tenant, List<String> wrong) {
        var things = things(route, tenant);
        var path = PARAMETER.matcher(route.template()).replaceAll(found -> {
            var thing = things.get(found.group(1));
            if (thing == null) {
                wrong.add("give Tenant an example for " + address(route));
            }
            return thing == null ? "x" : thing;
        });
        return route.lacksProject() ? path + "?projectId=" + tenant.project()
                : route.place() == Place.TENANT && !names(route)
                        ? path + "?orgId=" + tenant.id() : path;
    }

    private static Map<String, String> things(Route route, Tenant tenant) {
        var things = new HashMap<>(tenant.things());
        things.put("user", tenant.owner());
        things.put("member", route.template().contains("/groups/")
                ? things.get("groupMember") : tenant.owner());
        things.put("id", things.get("diagram"));
        things.put("name", route.template().contains("/users/{username}/credentials/")
                ? "git" : things.get("cluster"));
        things.put("resource", things.get(
                route.template().contains("/training/") ? "training" : "endpoint"));
        things.put("job", things.get("run"));
        things.put("username", "matrix-other");
        things.put("index", "0");
        things.put("version", "1");
        things.put("region", "zq1");
        // The catalogue is everybody's: what is in no region is looked for.
        List.of("zone", "type", "image").forEach(entry -> things.put(entry, "none"));
        things.put("session", "ses_" + "Z".repeat(26));
        things.put("family", "cloud");
        return things;
    }

    private static String text(Map<String, Visitor> callers, Map<String, String> lines) {
        var text = new StringBuilder("""
                # Who gets past the door of which route

                Written by a test that calls every route as everybody. On the left in the caller's
                own organization, on the right in another, with the other's own things in the path.
                Past the door, a route without a place in its path looks at what is the caller's
                own; the same test asks there for what is the other's, and hears nothing of it.

                """);
        int width = lines.keySet().stream().mapToInt(String::length).max().orElseThrow();
        int column = 0;
        for (var name : callers.keySet()) {
            text.append(" ".repeat(width + 3 + 3 * column++)).append(name).append('\n');
        }
        lines.forEach((address, line) -> text.append(address)
                .append(" ".repeat(width - address.length())).append(line).append('\n'));
        return text.toString();
    }

    private static void compare(String text) throws IOException {
        if (System.getProperty("orrery.rewrite") != null) {
            Files.writeString(MATRIX, text);
        }
        assertThat(text).as("api/authz.txt, rewritten with -Dorrery.rewrite")
                .isEqualTo(Files.readString(MATRIX));
    }

    private static String address(Route route) {
        return route.method() + " " + route.template();
    }
}
