package orrery.server.iam.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;

@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class ProvidersApiTest {
    private static final String PATH = "/v1/regions/global/iam/providers";
    private static final AtomicInteger COUNT = new AtomicInteger();

    @TestHTTPResource
    URI server;

    private Visitor operator() {
        return Residents.of(server).operator();
    }

    private static Map<String, Object> body(Map<String, Object> more) {
        var all = new HashMap<String, Object>(Map.of("displayName", "Acme",
                "tenantDomain", "Acme" + COUNT.incrementAndGet() + ".Example",
                "oidcConfig", oidc("https://login.acme.example")));
        all.putAll(more);
        return all;
    }

    private static Map<String, Object> oidc(String issuer) {
        return Map.of("discoveryUrl", issuer + "/.well-known/openid-configuration",
                "clientId", "orrery", "clientSecret", "canary-secret");
    }

    @Test
    void keepsProvidersAndNeverShowsTheSecret() {
        var made = operator().post(PATH, body(Map.of("name", "acme")));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        var id = made.text("/data/id");
        assertThat(id).startsWith("idp_");
        assertThat(made.header("Location")).isEqualTo(PATH + "/" + id);
        assertThat(made.text("/data/tenantDomain")).startsWith("acme").endsWith(".example");
        assertThat(made.text("/data/kind")).isEqualTo("oidc");
        assertThat(made.text("/data/domain/state")).isEqualTo("unproved");
        assertThat(made.json().at("/data/enabled").asBoolean()).isTrue();
        assertThat(made.text("/data/redirectUris/0")).endsWith("/auth/callback/" + id);
        for (var seen : List.of(made, operator().get(PATH + "/" + id),
                operator().get(PATH + "/acme"), operator().get(PATH))) {
            assertThat(seen.raw().body()).contains(id).doesNotContain("canary", "clientSecret");
        }
        var changed = operator().patch(PATH + "/" + id,
                Map.of("displayName", "Acme Inc.", "enabled", false));
        assertThat(changed.text("/data/displayName")).isEqualTo("Acme Inc.");
        assertThat(changed.json().at("/data/enabled").asBoolean()).isFalse();
        assertThat(changed.json().at("/data/version").asInt()).isEqualTo(2);
        assertThat(operator().with("If-Match", "\"1\"").delete(PATH + "/" + id).status())
                .isEqualTo(412);
        assertThat(operator().delete(PATH + "/" + id).status()).isEqualTo(204);
        assertThat(operator().get(PATH + "/" + id).status()).isEqualTo(404);
    }

    @Test
    void refusesSecondProviderOfSameDomain() {
        var first = body(Map.of());
        assertThat(operator().post(PATH, first).status()).isEqualTo(201);
        var second = operator().post(PATH, first);
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.text("/error/code")).isEqualTo("ALREADY_EXISTS");
    }

    @Test
    void whoProvesADomainGetsItAndKeepsIt() {
        var elsewhere = operator().post("/v1/regions/global/organizations",
                Map.of("name", "prover-" + COUNT.incrementAndGet())).text("/data/id");
        var claimed = body(Map.of());
        var first = operator().post(PATH, claimed).text("/data/id");
        var other = new HashMap<>(claimed);
        other.put("orgId", elsewhere);
        var second = operator().post(PATH, other);
        assertThat(second.status()).as("a claim alone keeps nobody out").isEqualTo(201);
        assertThat(operator().post(PATH + "/" + second.text("/data/id") + ":approveDomain",
                Map.of()).text("/data/domain/state")).isEqualTo("approved");
        assertThat(operator().post(PATH + "/" + first + ":approveDomain", Map.of()).status())
                .isEqualTo(409);
        assertThat(operator().delete(PATH + "/" + second.text("/data/id") + "?orgId="
                + elsewhere).status()).isEqualTo(204);
    }

    @Test
    void namesEveryMistake() {
        var wrong = operator().post(PATH, Map.of("displayName", " ", "tenantDomain", "localhost",
                "oidcConfig", Map.of("discoveryUrl", "ftp://x/", "clientId", "")));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.raw().body()).contains("oidcConfig.discoveryUrl", "oidcConfig.clientId");
        assertThat(operator().post(PATH, body(Map.of("oidcConfig", oidc("http://plain.example"))))
                .raw().body()).contains("must begin with https://");
        assertThat(operator().post(PATH, Map.of("displayName", "X", "kind", "github"))
                .raw().body()).contains("oauthConfig");
        assertThat(operator().post(PATH, Map.of("displayName", "X", "oidcConfig",
                oidc("https://login.acme.example"))).raw().body()).contains("tenantDomain");
    }

    @Test
    void theSecretFollowsNobodyElsewhere() {
        var id = operator().post(PATH, body(Map.of())).text("/data/id");
        var moved = operator().patch(PATH + "/" + id, Map.of("oidcConfig", Map.of(
                "discoveryUrl", "https://evil.example/.well-known/openid-configuration",
                "clientId", "orrery")));
        assertThat(moved.status()).isEqualTo(400);
        assertThat(moved.raw().body()).contains("clientSecret");
        assertThat(operator().patch(PATH + "/" + id, Map.of("oidcConfig",
                oidc("https://new.example"))).status()).isEqualTo(200);
    }

    @Test
    void triesItWithoutReachingIntoPrivateNetworks() {
        var id = operator().post(PATH, body(Map.of(
                "oidcConfig", oidc("https://169.254.169.254")))).text("/data/id");
        var tried = operator().post(PATH + "/" + id + ":test", Map.of());
        assertThat(tried.status()).isEqualTo(200);
        assertThat(tried.json().at("/data/success").asBoolean()).isFalse();
        assertThat(tried.raw().body()).contains("does not connect to");
    }

    @Test
    void isForAdministratorsOfTheOrganization() {
        var id = operator().post(PATH, body(Map.of())).text("/data/id");
        var member = Residents.of(server).member("idp-member");
        assertThat(member.get(PATH).status()).isEqualTo(403);
        assertThat(member.post(PATH, body(Map.of())).status()).isEqualTo(403);
        assertThat(member.get(PATH + "/" + id).status()).isEqualTo(403);
        assertThat(member.post(PATH + "/" + id + ":approveDomain", Map.of()).status())
                .isEqualTo(403);
        assertThat(member.post(PATH, body(Map.of("orgId", "*"))).status()).isEqualTo(403);
        assertThat(Visitor.of(server).get(PATH).status()).isEqualTo(401);
    }
}
