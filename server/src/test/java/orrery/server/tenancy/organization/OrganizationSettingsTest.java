package orrery.server.tenancy.organization;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.Visitor.Heard;
import orrery.server.tenancy.project.TenancyTest;

/// What an organization demands of credentials, whose it is, and that it can be suspended.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class OrganizationSettingsTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String ORGANIZATIONS = GLOBAL + "/organizations";
    private static final String KEYS = GLOBAL + "/iam/apikeys";
    private static final String ACCOUNTS = GLOBAL + "/iam/service-accounts";

    @TestHTTPResource
    URI server;

    @Test
    void keysLastAsLongAsTheOrganizationAllows() {
        var id = organization();
        assertThat(key(id, "organization", null).json().at("/data/expiresAt").isNull()).isTrue();
        settings(id, Map.of("apiKeyMaxTtlDays", 30, "apiKeyDefaultTtlDays", 7));
        assertThat(days(key(id, "organization", null).text("/data/expiresAt"))).isEqualTo(7);
        var longer = key(id, "organization", Instant.now().plus(Duration.ofDays(31)));
        assertThat(longer.status()).isEqualTo(422);
        assertThat(longer.text("/error/code")).isEqualTo("UNPROCESSABLE");
        assertThat(longer.text("/error/details/fields/expiresAt")).contains("within 30 days");
        assertThat(key(id, "organization", Instant.now().plus(Duration.ofDays(29))).status())
                .isEqualTo(201);
        var cleared = new HashMap<String, Object>();
        cleared.put("apiKeyDefaultTtlDays", null);
        settings(id, cleared);
        assertThat(days(key(id, "organization", null).text("/data/expiresAt")))
                .as("no longer than any may").isEqualTo(30);
    }

    @Test
    void keysForTheWholeOrganizationCanBeForbidden() {
        var id = organization();
        var project = operator().post(GLOBAL + "/projects", Map.of("organizationId", id))
                .text("/data/id");
        settings(id, Map.of("allowOrgScopedKeys", false));
        var refused = key(id, "organization", null);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/error/details/fields/scope")).contains("projects only");
        assertThat(key(project, "project", null).status()).isEqualTo(201);
    }

    @Test
    void credentialsLastAsLongAsTheOrganizationAllows() {
        var id = organization();
        settings(id, Map.of("credentialMaxTtlDays", 10));
        var path = ACCOUNTS + "/" + account(id) + "/credentials";
        assertThat(days(operator().post(path, Map.of()).text("/data/expiresAt"))).isEqualTo(10);
        var longer = operator().post(path, Map.of(
                "expiresAt", Instant.now().plus(Duration.ofDays(11)).toString()));
        assertThat(longer.status()).isEqualTo(422);
        assertThat(longer.text("/error/details/fields/expiresAt")).contains("within 10 days");
    }

    @Test
    void namesWhatIsWrongWithSettings() {
        var path = ORGANIZATIONS + "/" + organization();
        var low = operator().patch(path, Map.of("settings", Map.of("apiKeyMaxTtlDays", 0,
                "credentialMaxTtlDays", 99_999)));
        assertThat(low.status()).isEqualTo(400);
        assertThat(low.json().at("/error/details/fields").propertyStream().map(e -> e.getKey()))
                .containsExactlyInAnyOrder("settings.apiKeyMaxTtlDays",
                        "settings.credentialMaxTtlDays");
        assertThat(operator().patch(path, Map.of("settings", Map.of("apiKeyMaxTtlDays", 5,
                "apiKeyDefaultTtlDays", 6))).text("/error/details/fields/"
                + "settings.apiKeyDefaultTtlDays")).contains("not be more");
        assertThat(operator().patch(path, Map.of("primaryDomain", "no domain"))
                .text("/error/details/fields/primaryDomain")).contains("example.com");
        assertThat(operator().patch(path, Map.of("primaryDomain", "Acme.Example"))
                .text("/data/primaryDomain")).isEqualTo("acme.example");
        assertThat(operator().patch(path, Map.of("state", "deleted")).status()).isEqualTo(400);
        assertThat(operator().patch(path, "{}").status()).isEqualTo(400);
        assertThat(operator().patch(path, "{\"settings\":null}").status()).isEqualTo(400);
    }

    @Test
    void nothingCountsInASuspendedOrganization() {
        var id = organization();
        var path = ORGANIZATIONS + "/" + id;
        var account = account(id);
        var credential = operator().post(ACCOUNTS + "/" + account + "/credentials", Map.of());
        var robot = Visitor.of(server).as(token(account, credential).text("/data/access_token"));
        assertThat(robot.get(path).status()).isEqualTo(200);

        var suspended = operator().patch(path, Map.of("state", "suspended"));
        assertThat(suspended.text("/data/state")).isEqualTo("suspended");
        assertThat(robot.get(path).status()).isEqualTo(401);
        assertThat(token(account, credential).status()).isEqualTo(401);
        assertThat(operator().get(path).status()).as("operators still look").isEqualTo(200);
        assertThat(operator().get(ORGANIZATIONS + "?state=suspended").raw().body()).contains(id);

        operator().patch(path, Map.of("state", "active"));
        assertThat(token(account, credential).status()).isEqualTo(200);
    }

    @Test
    void onlyOperatorsSuspendAndNotTheirOwn() {
        var own = ORGANIZATIONS + "/" + Residents.of(server).organization();
        assertThat(operator().patch(own, Map.of("state", "suspended")).text("/error/code"))
                .isEqualTo("CONFLICT");
        var admin = Residents.of(server).member("settled");
        operator().patch(own + "/members/" + Residents.id(admin), Map.of("role", "admin"));
        assertThat(admin.patch(own, Map.of("displayName", "Ours")).status()).isEqualTo(200);
        assertThat(admin.patch(own, Map.of("state", "suspended")).status()).isEqualTo(403);
        operator().patch(own + "/members/" + Residents.id(admin), Map.of("role", "member"));
        assertThat(admin.patch(own, Map.of("settings", Map.of("requireSso", true))).status())
                .isEqualTo(403);
    }

    @Test
    void anOrganizationIsHandedOver() {
        var own = ORGANIZATIONS + "/" + Residents.of(server).organization();
        var heir = Residents.of(server).member("heir");
        var first = Residents.id(operator());
        assertThat(heir.post(own + ":transferOwnership", Map.of("userId", "heir")).status())
                .as("only owners hand over").isEqualTo(403);
        var stranger = operator().post(own + ":transferOwnership", Map.of("userId", "nobody-x"));
        assertThat(stranger.status()).isEqualTo(422);
        assertThat(stranger.text("/error/details/fields/userId")).contains("no active member");
        var handed = operator().post(own + ":transferOwnership", Map.of("userId", "heir"));
        assertThat(handed.text("/data/ownerId")).isEqualTo(Residents.id(heir));
        assertThat(roles(own, first)).isEqualTo("[\"admin\"]");
        assertThat(roles(own, "heir")).contains("owner");
        assertThat(heir.post(own + ":transferOwnership", Map.of("userId", first))
                .text("/data/ownerId")).isEqualTo(first);
        assertThat(roles(own, first)).contains("owner");
    }

    @Test
    void wherePeopleSignInByProviderNoPasswordDoes() {
        var residents = Residents.of(server);
        var own = ORGANIZATIONS + "/" + residents.organization();
        residents.member("federated");
        operator().patch(own, Map.of("settings", Map.of("requireSso", true)));
        try {
            var refused = login("federated");
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.text("/error")).contains("identity provider");
            assertThat(login("op").status()).as("owners are not locked out").isEqualTo(200);
        } finally {
            operator().patch(own, Map.of("settings", Map.of("requireSso", false)));
        }
        assertThat(login("federated").status()).isEqualTo(200);
    }

    private Heard login(String name) {
        return Visitor.of(server).post("/v1/api/auth/login", Map.of(
                "email", name + "@example.com", "password", "correct horse battery"));
    }

    private String roles(String organization, String user) {
        return operator().get(organization + "/members").json().at("/data").valueStream()
                .filter(it -> it.at("/userId").asText().equals(user)
                        || it.at("/name").asText().equals(user))
                .findFirst().orElseThrow().at("/roles").toString();
    }

    private Heard key(String place, String scope, @Nullable Instant expires) {
        var body = new HashMap<String, Object>(
                Map.of("displayName", "Test", "scope", scope, "scopeId", place));
        if (expires != null) {
            body.put("expiresAt", expires.toString());
        }
        return operator().post(KEYS, body);
    }

    private String account(String organization) {
        var made = operator().post(ACCOUNTS, Map.of("displayName", "Robot",
                "scope", "organization", "scopeId", organization, "roles", List.of("member")));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
        return made.text("/data/id");
    }

    private Heard token(String account, Heard credential) {
        var client = operator().get(ACCOUNTS + "/" + account).text("/data/clientId");
        return Visitor.of(server).post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "client_credentials", "client_id", client,
                "client_secret", credential.text("/data/clientSecret")));
    }

    private void settings(String organization, Map<String, Object> settings) {
        var changed = operator().patch(
                ORGANIZATIONS + "/" + organization, Map.of("settings", settings));
        assertThat(changed.status()).as(changed.json().toString()).isEqualTo(200);
    }

    private String organization() {
        return operator().post(ORGANIZATIONS,
                Map.of("name", "set-" + UUID.randomUUID().toString().substring(0, 8)))
                .text("/data/id");
    }

    /// Whole days from now, rounded up.
    private static long days(String time) {
        return Duration.between(Instant.now(), Instant.parse(time)).plusHours(23).toDays();
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }
}
