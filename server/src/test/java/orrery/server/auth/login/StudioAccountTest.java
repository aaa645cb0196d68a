package orrery.server.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;

/// Profile, settings and sessions as the studio family has them, and what its first server did
/// wrong.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class StudioAccountTest {
    private static final String REFRESH = "/v1/api/auth/refresh";
    private static final String PROFILE = "/v1/api/profile";
    private static final String SETTINGS = "/v1/api/settings";

    @TestHTTPResource
    URI server;

    @Test
    void aProfileShowsAndChangesItsName() {
        var person = person();
        var seen = person.get(PROFILE);
        assertThat(seen.status()).isEqualTo(200);
        assertThat(seen.json().at("/user").propertyStream().map(it -> it.getKey()))
                .contains("id", "email", "name", "role", "createdAt", "avatarUrl",
                        "authProvider");
        assertThat(seen.text("/user/avatarUrl")).matches(
                "https://www\\.gravatar\\.com/avatar/[0-9a-f]{32}\\?s=200&d=identicon");
        var changed = person.put(PROFILE, Map.of("name", "Ann", "email", "other@example.com",
                "role", "admin"));
        assertThat(changed.text("/user/name")).isEqualTo("Ann");
        assertThat(changed.text("/user/email")).as("only the name can change")
                .isEqualTo(seen.text("/user/email"));
        assertThat(changed.text("/user/role")).isEqualTo("user");
        assertThat(person.put(PROFILE, Map.of()).status()).isEqualTo(400);
        assertThat(person.put(PROFILE, Map.of("name", " ")).status()).isEqualTo(400);
        assertThat(nobody().get(PROFILE).status()).isEqualTo(401);
    }

    @Test
    void settingsAreForAdministrators() {
        var admin = operator();
        assertThat(admin.get(SETTINGS + "/invite-code").text("/inviteCode")).hasSize(16);
        assertThat(admin.get(SETTINGS + "/regenerate-setting").json().at("/regenerateAfterSignup")
                .isBoolean()).isTrue();
        assertThat(admin.put(SETTINGS + "/regenerate-setting", Map.of())
                .json().at("/regenerateAfterSignup").asBoolean(true)).as("absent is no").isFalse();
        assertThat(admin.put(SETTINGS + "/regenerate-setting", "[]").status()).isEqualTo(400);
        var member = person();
        for (var read : new String[] {"/invite-code", "/regenerate-setting"}) {
            assertThat(member.get(SETTINGS + read).status()).as(read).isEqualTo(403);
            assertThat(nobody().get(SETTINGS + read).status()).as(read).isEqualTo(401);
        }
        assertThat(member.post(SETTINGS + "/generate-invite-code", "").status()).isEqualTo(403);
        assertThat(member.put(SETTINGS + "/regenerate-setting",
                Map.of("regenerateAfterSignup", true)).status()).isEqualTo(403);
    }

    @Test
    void anEndedSessionIsNotRefreshed() {
        var person = person();
        var sessions = "/v1/regions/global/auth/session";
        assertThat(person.delete(sessions).status()).isEqualTo(204);
        assertThat(person.get(PROFILE).status()).isEqualTo(401);
        var refused = person.post(REFRESH, "");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.text("/error")).isEqualTo("Invalid token");
    }

    @Test
    void whoLosesARoleLosesItAtOnce() {
        var person = person();
        var path = "/v1/regions/global/organizations/" + Residents.of(server).organization()
                + "/members/" + Residents.id(person);
        operator().patch(path, Map.of("role", "admin"));
        assertThat(person.get(PROFILE).text("/user/role")).isEqualTo("admin");
        var signedIn = login(person.get(PROFILE).text("/user/email"));
        assertThat(signedIn.get(SETTINGS + "/invite-code").status()).isEqualTo(200);
        operator().patch(path, Map.of("role", "member"));
        assertThat(signedIn.get(SETTINGS + "/invite-code").status())
                .as("the token's word for it counts for nothing").isEqualTo(403);
        assertThat(signedIn.get(PROFILE).text("/user/role")).isEqualTo("user");
    }

    @Test
    void aTokenInAnAddressOpensNoOrdinaryRoute() {
        var token = operator().headers().get("Authorization").substring(7);
        for (var path : new String[] {PROFILE, SETTINGS + "/invite-code", "/v1/api/workflows"}) {
            var refused = nobody().get(path + "?token=" + token);
            assertThat(refused.status()).as(path).isEqualTo(401);
            assertThat(refused.raw().body()).doesNotContain(token);
        }
        var refresh = nobody().post(REFRESH + "?token=" + token, "");
        assertThat(refresh.status()).isEqualTo(401);
        assertThat(refresh.text("/error")).isEqualTo("Authorization header is required");
    }

    @Test
    void registrationSaysNothingOfOthersWithoutACode() {
        var known = register("op@example.com", "WRONGCODE");
        var unknown = register(fresh() + "@example.com", "WRONGCODE");
        assertThat(known.status()).isEqualTo(403).isEqualTo(unknown.status());
        assertThat(known.raw().body()).isEqualTo(unknown.raw().body());
    }

    private Visitor.Heard register(String email, String code) {
        return nobody().post("/v1/api/auth/register", Map.of("email", email,
                "password", "correct horse battery", "name", "X", "inviteCode", code));
    }

    private Visitor login(String email) {
        return nobody().as(nobody().post("/v1/api/auth/login", Map.of(
                "email", email, "password", "correct horse battery")).text("/token"));
    }

    private Visitor person() {
        return Residents.of(server).member(fresh());
    }

    private static String fresh() {
        return "std-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Visitor nobody() {
        return Visitor.of(server);
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }
}
