package orrery.server.tenancy.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import orrery.server.FreshServer;
import orrery.server.Residents;
import orrery.server.Visitor;

/// Keys, tokens, organizations and projects over HTTP, and who may not even know of them.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
public class TenancyTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String KEYS = GLOBAL + "/iam/apikeys";
    private static final String ORGANIZATIONS = GLOBAL + "/organizations";
    private static final String PROJECTS = GLOBAL + "/projects";
    private static final String TOKEN = GLOBAL + "/auth/token";

    @TestHTTPResource
    URI server;

    public static class Server extends FreshServer {}

    @Test
    void listsAreFilteredSortedAndPaged() {
        var organization = operator().post(ORGANIZATIONS, Map.of("name", "several"))
                .text("/data/id");
        for (var name : List.of("a-one", "b-one", "c-two")) {
            operator().post(PROJECTS, Map.of("organizationId", organization, "name", name));
        }
        var ofMany = PROJECTS + "?organizationId=several";
        assertThat(names(operator().get(ofMany + "&sort=-name")))
                .isEqualTo("c-two b-one a-one");
        assertThat(names(operator().get(ofMany + "&name%5Bprefix%5D=b,c&sort=name")))
                .isEqualTo("b-one c-two");
        assertThat(names(operator().get(ofMany + "&search=ONE&sort=name&offset=1")))
                .isEqualTo("b-one");
        var first = operator().get(ofMany + "&pageToken=&pageSize=2&sort=name");
        var token = first.text("/meta/pagination/nextPageToken");
        assertThat(names(first)).isEqualTo("a-one b-one");
        assertThat(names(operator().get(ofMany + "&sort=name&pageToken=" + token)))
                .isEqualTo("c-two");
        assertThat(operator().get(ofMany + "&pageToken=" + token).text("/error/code"))
                .isEqualTo("INVALID_PAGE_TOKEN");
    }

    @Test
    void questionsThatAreNoneAreRefusedWithWhatMayBeAsked() {
        var filter = operator().get(PROJECTS + "?colour=red");
        assertThat(filter.status()).isEqualTo(400);
        assertThat(filter.text("/error/code")).isEqualTo("INVALID_FILTER");
        assertThat(filter.json().at("/error/details/allowed").toString()).contains("visibility");
        var sort = operator().get(PROJECTS + "?sort=colour");
        assertThat(sort.text("/error/code")).isEqualTo("INVALID_SORT");
        assertThat(sort.json().at("/error/details/allowed").toString()).contains("createdAt");
        var one = operator().get(GLOBAL + "/iam/apikeys/key_x?colour=red");
        assertThat(one.text("/error/code")).isEqualTo("VALIDATION_ERROR");
        assertThat(one.text("/error/details/fields/colour")).contains("not a parameter");
    }

    @Test
    void runsStandUnderTheirShortPathToo() {
        for (var path : List.of("/v1/regions/global/workflows/runs", "/v1/workflows/runs")) {
            assertThat(operator().get(path).status()).isEqualTo(200);
            assertThat(operator().post(path + "/run_none:retry", Map.of()).text("/error/message"))
                    .contains("run_none");
        }
    }

    @Test
    void anApiKeyBecomesAToken() throws Exception {
        var made = key(operator(), Map.of("scope", "platform"));
        var id = made.text("/data/id");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Cache-Control")).isEqualTo("no-store");
        assertThat(made.text("/data/secret")).startsWith("plt_sk_" + id + "_");
        var seen = operator().get(KEYS + "/" + id);
        assertThat(seen.json().at("/data").has("secret")).isFalse();
        assertThat(seen.text("/data/status")).isEqualTo("active");

        var issued = exchange(made.text("/data/secret"), Map.of());
        assertThat(issued.status()).isEqualTo(200);
        assertThat(issued.header("Cache-Control")).isEqualTo("no-store");
        assertThat(issued.text("/data/token_type")).isEqualTo("Bearer");
        assertThat(issued.json().at("/data/expires_in").asInt()).isEqualTo(900);
        var token = SignedJWT.parse(issued.text("/data/access_token"));
        assertThat(token.getHeader().getType().getType()).isEqualTo("at+jwt");
        assertThat(token.getJWTClaimsSet().getClaims())
                .containsKeys("sub", "iss", "aud", "exp", "iat", "nbf", "jti", "tenant_id")
                .containsEntry("principal_type", "api_key").containsEntry("credential_id", id)
                .containsEntry("scope", "platform")
                .containsEntry("roles", List.of("admin", "owner", "super_admin"));
        var keys = JWKSet.parse(
                Visitor.of(server).get("/.well-known/jwks.json").json().toString());
        var key = keys.getKeyByKeyId(token.getHeader().getKeyID());
        assertThat(key.isPrivate()).isFalse();
        assertThat(token.verify(new ECDSAVerifier(key.toECKey()))).isTrue();

        var bearer = Visitor.of(server).as(issued.text("/data/access_token"));
        assertThat(bearer.get(GLOBAL + "/auth/me").text("/data/user/email"))
                .isEqualTo("op@example.com");
        assertThat(Visitor.of(server).as(made.text("/data/secret")).get(ORGANIZATIONS).status())
                .as("a key is a credential itself").isEqualTo(200);
        assertThat(operator().get(KEYS + "/" + id).json().at("/data/lastUsedAt").isNull())
                .isFalse();

        assertThat(operator().delete(KEYS + "/" + id).status()).isEqualTo(204);
        assertThat(bearer.get(GLOBAL + "/auth/me").status())
                .as("its tokens end with it").isEqualTo(401);
        assertThat(exchange(made.text("/data/secret"), Map.of()).status()).isEqualTo(401);
    }

    @Test
    void aFormIsAnsweredAsTheStandardsHaveIt() {
        var secret = key(operator(), Map.of("scope", "platform")).text("/data/secret");
        var issued = form("grant_type=api_key&api_key=" + secret);
        assertThat(issued.status()).isEqualTo(200);
        assertThat(issued.text("/access_token")).isNotEmpty();
        assertThat(issued.header("Cache-Control")).isEqualTo("no-store");

        var wrong = form("grant_type=api_key&api_key=plt_sk_x_y");
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text("/error")).isEqualTo("invalid_client");
        assertThat(wrong.text("/error_description")).isNotEmpty();
        assertThat(form("grant_type=password&username=a").text("/error"))
                .isEqualTo("unsupported_grant_type");
        assertThat(form("grant_type=api_key&grant_type=api_key").text("/error"))
                .isEqualTo("invalid_request");
        assertThat(form("api_key=x").text("/error")).isEqualTo("invalid_request");
    }

    @Test
    void refusesTokensInTheEnvelope() {
        var wrong = exchange("plt_sk_nothing_at_all", Map.of());
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text("/error/code")).isEqualTo("INVALID_CLIENT");
        assertThat(Visitor.of(server).post(TOKEN, Map.of("grant_type", "magic"))
                .text("/error/code")).isEqualTo("UNSUPPORTED_GRANT_TYPE");
        assertThat(Visitor.of(server).post(TOKEN, "{").status()).isEqualTo(400);
        var secret = key(operator(), Map.of("scope", "platform")).text("/data/secret");
        assertThat(exchange(secret, Map.of("scope", "organization", "scopeId", "org_x",
                "roles", List.of("nobody"))).text("/error/code")).isEqualTo("INVALID_SCOPE");
    }

    @Test
    void aNarrowTokenReachesNoFurtherAndMakesNothingWider() {
        var organization = organization("narrow");
        var project = project(organization, "narrow");
        var secret = key(operator(), Map.of("scope", "platform")).text("/data/secret");
        var narrow = Visitor.of(server).as(exchange(secret,
                Map.of("scope", "project", "scopeId", project)).text("/data/access_token"));
        assertThat(narrow.get(PROJECTS + "/" + project).status()).isEqualTo(200);
        assertThat(narrow.get(ORGANIZATIONS + "/" + organization).status()).isEqualTo(404);
        assertThat(narrow.get(PROJECTS).json().at("/data").size()).isEqualTo(1);
        assertThat(narrow.post(ORGANIZATIONS, Map.of("name", "wider")).status()).isEqualTo(403);

        assertThat(key(narrow, Map.of("scope", "platform")).status()).isEqualTo(404);
        assertThat(key(narrow, Map.of("scope", "organization", "scopeId", organization)).status())
                .isEqualTo(404);
        var inside = key(narrow, Map.of("scope", "project", "scopeId", project));
        assertThat(inside.status()).isEqualTo(201);
        assertThat(narrow.get(GLOBAL + "/auth/me").text("/data/projectId")).isEqualTo(project);
        var wide = key(operator(), Map.of("scope", "platform")).text("/data/id");
        assertThat(narrow.post(KEYS + "/" + wide + ":rotate", Map.of()).status()).isEqualTo(403);
    }

    @Test
    void aKeyIsMendedRotatedAndSwitchedOff() {
        var made = key(operator(), Map.of("scope", "platform"));
        var path = KEYS + "/" + made.text("/data/id");
        var changed = operator().patch(path, Map.of("displayName", "Nightly"));
        assertThat(changed.text("/data/displayName")).isEqualTo("Nightly");
        assertThat(changed.header("ETag")).isEqualTo("\"2\"");
        assertThat(operator().with("If-Match", "\"1\"").patch(path,
                Map.of("displayName", "x")).text("/error/code")).isEqualTo("PRECONDITION_FAILED");
        assertThat(operator().patch(path, "{}").status()).isEqualTo(400);
        var rotated = operator().post(path + ":rotate", Map.of("gracePeriodSeconds", 60));
        assertThat(exchange(made.text("/data/secret"), Map.of()).status()).isEqualTo(200);
        assertThat(exchange(rotated.text("/data/secret"), Map.of()).status()).isEqualTo(200);
        var now = operator().post(path + ":rotate", Map.of());
        assertThat(exchange(made.text("/data/secret"), Map.of()).status()).isEqualTo(401);
        var token = exchange(now.text("/data/secret"), Map.of()).text("/data/access_token");
        var bearer = Visitor.of(server).as(token);
        assertThat(bearer.get(ORGANIZATIONS).status()).isEqualTo(200);
        assertThat(operator().patch(path, Map.of("status", "disabled")).text("/data/status"))
                .isEqualTo("disabled");
        assertThat(bearer.get(ORGANIZATIONS).status()).isEqualTo(401);
        assertThat(operator().post(path + ":rotate", Map.of()).status()).isEqualTo(409);
    }

    @Test
    void namesWhatIsWrongWithAKey() {
        var answer = operator().post(KEYS, Map.of("displayName", " ", "scope", "platform",
                "expiresAt", "2001-01-01T00:00:00Z", "name", "NO"));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().at("/error/details/fields").propertyStream().map(e -> e.getKey()))
                .containsExactlyInAnyOrder("displayName", "expiresAt", "name");
        assertThat(operator().post(KEYS, Map.of("displayName", "x", "scope", "folder"))
                .text("/error/details/fields/scope")).contains("platform, organization, project");
        assertThat(key(operator(), Map.of("scope", "platform", "roles", List.of("emperor")))
                .status()).isEqualTo(422);
        assertThat(key(member(), Map.of("scope", "platform")).status()).isEqualTo(404);
    }

    @Test
    void keysOfOthersDoNotExist() {
        var path = KEYS + "/" + key(operator(), Map.of("scope", "platform")).text("/data/id");
        assertThat(member().get(path).status()).isEqualTo(404);
        assertThat(member().patch(path, Map.of("displayName", "x")).status()).isEqualTo(404);
        assertThat(member().post(path + ":rotate", Map.of()).status()).isEqualTo(404);
        assertThat(member().delete(path).status()).isEqualTo(404);
        assertThat(member().get(KEYS).json().at("/data").size()).isZero();
    }

    @Test
    void anOrganizationLivesFromCreationToDeletion() {
        var made = operator().post(ORGANIZATIONS,
                Map.of("name", "acme", "displayName", "Acme", "description", "Rockets"));
        assertThat(made.status()).isEqualTo(201);
        var id = made.text("/data/id");
        var path = ORGANIZATIONS + "/" + id;
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(made.header("ETag")).isEqualTo("\"1\"");
        assertThat(operator().get(ORGANIZATIONS + "/acme").text("/data/id")).isEqualTo(id);
        assertThat(operator().post(ORGANIZATIONS, Map.of("name", "acme")).text("/error/code"))
                .isEqualTo("ALREADY_EXISTS");
        assertThat(operator().post(ORGANIZATIONS, Map.of("name", "global", "colour", 1))
                .json().at("/error/details/fields").size()).isPositive();
        var cleared = new HashMap<String, Object>();
        cleared.put("description", null);
        var changed = operator().with("If-Match", "\"1\"").patch(path, cleared);
        assertThat(changed.json().at("/data/description").isNull()).isTrue();
        assertThat(changed.text("/data/displayName")).isEqualTo("Acme");
        assertThat(operator().with("If-Match", "\"1\"").patch(path, cleared).status())
                .isEqualTo(412);

        var project = project(id, "rockets");
        assertThat(operator().delete(PROJECTS + "/" + project).status()).isEqualTo(204);
        assertThat(operator().get(PROJECTS + "/" + project).status()).isEqualTo(404);
        assertThat(operator().delete(path).text("/meta/workflow/type"))
                .isEqualTo("organization.delete");
        Awaitility.await().atMost(Duration.ofSeconds(60))
                .until(() -> operator().get(path).status() == 404);
        assertThat(operator().post(ORGANIZATIONS, Map.of("name", "acme")).status())
                .as("the name is free at once").isEqualTo(201);
    }

    @Test
    void anotherOrganizationIsUnknown() {
        var organization = organization("secret-lab");
        var project = project(organization, "secret-lab");
        for (var path : List.of(ORGANIZATIONS + "/" + organization,
                ORGANIZATIONS + "/secret-lab", PROJECTS + "/" + project,
                PROJECTS + "/secret-lab", PROJECTS + "/secret-lab.secret-lab")) {
            assertThat(operator().get(path).status()).as(path).isEqualTo(200);
            assertThat(member().get(path).status()).as(path).isEqualTo(404);
            assertThat(member().patch(path, Map.of("displayName", "mine")).status()).as(path)
                    .isEqualTo(404);
            assertThat(member().delete(path).status()).as(path).isEqualTo(404);
            assertThat(Visitor.of(server).get(path).status()).as(path).isEqualTo(401);
        }
        assertThat(member().post(PROJECTS, Map.of("organizationId", organization)).status())
                .isEqualTo(404);
        assertThat(member().get(PROJECTS + "?organizationId=" + organization).status())
                .isEqualTo(404);
        assertThat(key(member(), Map.of("scope", "organization", "scopeId", organization))
                .status()).isEqualTo(404);
        assertThat(member().get(ORGANIZATIONS).raw().body()).doesNotContain("secret-lab");
        assertThat(member().get(PROJECTS).raw().body()).doesNotContain("secret-lab");
        assertThat(operator().get(PROJECTS + "?search=SECRET").json().at("/meta/pagination/total")
                .asInt()).isEqualTo(1);
    }

    @Test
    void membersSeeTheirOrganizationAndChangeNothingInIt() {
        var mine = member().get(GLOBAL + "/auth/me");
        var organization = ORGANIZATIONS + "/" + mine.text("/data/organization/id");
        assertThat(member().get(organization).status()).isEqualTo(200);
        assertThat(member().patch(organization, Map.of("displayName", "x")).text("/error/code"))
                .isEqualTo("FORBIDDEN");
        assertThat(member().post(ORGANIZATIONS, Map.of("name", "mine")).status()).isEqualTo(403);
        assertThat(member().post(PROJECTS,
                Map.of("organizationId", mine.text("/data/organization/id"))).status())
                .isEqualTo(403);
        var home = PROJECTS + "/" + mine.text("/data/projectId");
        assertThat(member().get(home).status()).isEqualTo(200);
        assertThat(operator().delete(home).text("/error/code")).isEqualTo("CONFLICT_IN_USE");
    }

    @Test
    void aProjectIsShownToAllMembersAndHiddenAgain() {
        var organization = operator().get(GLOBAL + "/auth/me").text("/data/organization/id");
        var path = PROJECTS + "/" + project(organization, "open-house");
        assertThat(member().get(path).status()).isEqualTo(404);
        operator().patch(path, Map.of("visibility", "org"));
        assertThat(member().get(path).status()).isEqualTo(200);
        assertThat(member().patch(path, Map.of("displayName", "x")).status()).isEqualTo(403);
        assertThat(member().get(PROJECTS).raw().body()).contains("open-house");
        operator().patch(path, Map.of("visibility", "private"));
        assertThat(member().get(path).status()).isEqualTo(404);
    }

    @Test
    void aListIsCutByOffsetsOrByTokens() {
        var organization = organization("many");
        for (int i = 0; i < 5; i++) {
            project(organization, "many-" + i);
        }
        var list = PROJECTS + "?organizationId=many&pageSize=2";
        var second = operator().get(list + "&offset=2");
        assertThat(names(second)).isEqualTo("many-2 many-1");
        assertThat(second.json().at("/meta/pagination/total").asInt()).isEqualTo(5);
        assertThat(second.json().at("/meta/pagination").has("nextPageToken")).isFalse();

        var page = operator().get(list + "&pageToken=");
        assertThat(names(page)).isEqualTo("many-4 many-3");
        project(organization, "many-late");
        page = operator().get(list + "&pageToken=" + page.text("/meta/pagination/nextPageToken"));
        assertThat(names(page)).isEqualTo("many-2 many-1");
        page = operator().get(list + "&pageToken=" + page.text("/meta/pagination/nextPageToken"));
        assertThat(names(page)).isEqualTo("many-0");
        assertThat(page.json().at("/meta/pagination").has("nextPageToken")).isFalse();
        assertThat(operator().get(list + "&pageToken=x").text("/error/code"))
                .isEqualTo("INVALID_PAGE_TOKEN");
    }

    private static String names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map(item -> item.at("/name").asText()).collect(Collectors.joining(" "));
    }

    @Test
    void aNameThatMeansTwoProjectsIsAskedBack() {
        project(organization("twin-a"), "twin");
        project(organization("twin-b"), "twin");
        var answer = operator().get(PROJECTS + "/twin");
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().at("/error/details/candidates").toString())
                .isEqualTo("[\"twin.twin-a\",\"twin.twin-b\"]");
        assertThat(operator().get(PROJECTS + "/twin.twin-b").status()).isEqualTo(200);
    }

    @Test
    void aRevokedTokenIsOverAtOnce() {
        var secret = key(operator(), Map.of("scope", "platform")).text("/data/secret");
        var token = exchange(secret, Map.of()).text("/data/access_token");
        var bearer = Visitor.of(server).as(token);
        var said = operator().post(GLOBAL + "/auth/introspect", Map.of("token", token));
        assertThat(said.json().at("/data/active").asBoolean()).isTrue();
        assertThat(said.text("/data/principal_type")).isEqualTo("api_key");
        assertThat(member().post(GLOBAL + "/auth/introspect", Map.of("token", token))
                .json().at("/data").toString()).isEqualTo("{\"active\":false}");
        assertThat(member().post(GLOBAL + "/auth/revoke", Map.of("token", token)).status())
                .isIn(200, 403);
        assertThat(bearer.get(ORGANIZATIONS).status()).isEqualTo(200);

        assertThat(bearer.post(GLOBAL + "/auth/revoke", Map.of("token", token)).status())
                .isEqualTo(200);
        assertThat(bearer.get(ORGANIZATIONS).status()).isEqualTo(401);
        assertThat(operator().post(GLOBAL + "/auth/introspect", Map.of("token", token))
                .json().at("/data").toString()).isEqualTo("{\"active\":false}");
        assertThat(operator().post(GLOBAL + "/auth/revoke", Map.of("token", "garbage"))
                .json().at("/data/revoked").asBoolean()).isTrue();
        assertThat(operator().post(GLOBAL + "/auth/revoke", "{}").status()).isEqualTo(400);
    }

    private String organization(String name) {
        return operator().post(ORGANIZATIONS, Map.of("name", name)).text("/data/id");
    }

    private String project(String organization, String name) {
        return operator().post(PROJECTS, Map.of("organizationId", organization, "name", name))
                .text("/data/id");
    }

    private static Visitor.Heard key(Visitor by, Map<String, Object> asked) {
        var body = new HashMap<String, Object>(asked);
        body.put("displayName", "Test");
        return by.post(KEYS, body);
    }

    private Visitor.Heard exchange(String secret, Map<String, Object> narrowing) {
        var body = new HashMap<String, Object>(
                Map.of("grant_type", "api_key", "api_key", secret));
        if (!narrowing.isEmpty()) {
            body.put("scope_narrowing", narrowing);
        }
        return Visitor.of(server).post(TOKEN, body);
    }

    private Visitor.Heard form(String body) {
        return Visitor.of(server).with("Content-Type", "application/x-www-form-urlencoded")
                .post(TOKEN, body);
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }

    private Visitor member() {
        return Residents.of(server).member("mem");
    }
}
