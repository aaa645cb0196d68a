package orrery.server.iam.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.Visitor.Heard;
import orrery.server.tenancy.project.TenancyTest;

/// What administrators do with the API keys of others, and nobody else.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class KeysOfOthersTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String KEYS = GLOBAL + "/iam/apikeys";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Test
    void administratorsSeeAllKeysOfTheirOrganization() {
        var admin = admin();
        var key = key(member());
        var mine = Residents.id(member());
        var all = admin.get(KEYS + "?createdBy=*&pageSize=500");
        assertThat(all.raw().body()).contains(key.text("/data/id"))
                .doesNotContain(key.text("/data/secret"));
        assertThat(admin.get(KEYS).raw().body()).as("one's own, unless asked")
                .doesNotContain(key.text("/data/id"));
        assertThat(admin.get(KEYS + "?createdBy=" + mine).text("/data/0/createdBy"))
                .isEqualTo(mine);
        assertThat(admin.get(KEYS + "?createdBy=*&scope=project&scopeId=none").json()
                .at("/data").size()).isZero();
        assertThat(admin.get(KEYS + "?createdBy=*&status=active&scope=organization&scopeId="
                + organization()).raw().body()).contains(key.text("/data/id"));
        assertThat(admin.get(KEYS + "?createdBy=*&status=gone").text("/error/code"))
                .isEqualTo("INVALID_FILTER");
        assertThat(admin.get(KEYS + "/" + key.text("/data/id")).text("/data/createdBy"))
                .isEqualTo(mine);
    }

    @Test
    void nobodyElseDoes() {
        var key = KEYS + "/" + key(admin()).text("/data/id");
        var refused = member().get(KEYS + "?createdBy=*");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/error/message")).contains("iam.apikeys.list");
        assertThat(member().get(KEYS + "?createdBy=" + Residents.id(admin())).status())
                .isEqualTo(403);
        assertThat(member().get(KEYS + "?createdBy=" + Residents.id(member())).status())
                .isEqualTo(200);
        assertThat(member().get(key).status()).isEqualTo(404);
        assertThat(member().patch(key, Map.of("displayName", "x")).status()).isEqualTo(404);
        assertThat(member().post(key + ":rotate", Map.of()).status()).isEqualTo(404);
        assertThat(member().delete(key).status()).isEqualTo(404);
        // What counts elsewhere is not the organization's, even if an own operator made it.
        var elsewhere = operator().post(GLOBAL + "/organizations", Map.of()).text("/data/id");
        var foreign = operator().post(KEYS, Map.of("displayName", "F", "scope", "organization",
                "scopeId", elsewhere));
        var platform = operator().post(KEYS, Map.of("displayName", "P", "scope", "platform"));
        for (var one : List.of(foreign, platform)) {
            var path = KEYS + "/" + one.text("/data/id");
            assertThat(admin().get(path).status()).isEqualTo(404);
            assertThat(admin().delete(path).status()).isEqualTo(404);
            assertThat(admin().get(KEYS + "?createdBy=*&pageSize=500").raw().body())
                    .doesNotContain(one.text("/data/id"));
        }
    }

    @Test
    void administratorsNarrowDisableAndDeleteButNeverHold() {
        var key = key(member());
        var path = KEYS + "/" + key.text("/data/id");
        var bearer = Visitor.of(server).as(key.text("/data/secret"));
        assertThat(bearer.get(GLOBAL + "/auth/me").status()).isEqualTo(200);
        assertThat(admin().patch(path, Map.of("status", "disabled")).text("/data/status"))
                .isEqualTo("disabled");
        assertThat(bearer.get(GLOBAL + "/auth/me").status()).isEqualTo(401);
        assertThat(admin().patch(path, Map.of("status", "active", "roles", List.of("member")))
                .json().at("/data/roles").toString()).isEqualTo("[\"member\"]");
        var wider = admin().patch(path, Map.of("roles", List.of()));
        assertThat(wider.status()).isEqualTo(403);
        assertThat(wider.text("/error/message")).contains("only its owner");
        assertThat(admin().patch(path, Map.of("roles", List.of("member", "admin"))).status())
                .isEqualTo(403);
        var rotated = admin().post(path + ":rotate", Map.of());
        assertThat(rotated.status()).as("it would act as another").isEqualTo(403);
        assertThat(rotated.raw().body()).doesNotContain("plt_sk_");
        assertThat(admin().delete(path).status()).isEqualTo(204);
        assertThat(bearer.get(GLOBAL + "/auth/me").status()).isEqualTo(401);
        assertThat(member().get(path).status()).isEqualTo(404);
    }

    @Test
    void whatHasExpiredStaysSo() {
        var key = key(member());
        var path = KEYS + "/" + key.text("/data/id");
        database.write(access.system("test"), tx -> tx.handle()
                .createUpdate("update api_key set expires_at = created_at where id = :id")
                .bind("id", key.text("/data/id")).execute());
        assertThat(member().get(path).text("/data/status")).isEqualTo("expired");
        assertThat(member().get(KEYS + "?status=expired").raw().body())
                .contains(key.text("/data/id"));
        assertThat(member().patch(path, Map.of("status", "active")).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
        assertThat(member().post(path + ":rotate", Map.of()).status()).isEqualTo(409);
        assertThat(member().patch(path, Map.of("displayName", "Old")).status()).isEqualTo(200);
        assertThat(member().delete(path).status()).isEqualTo(204);
    }

    @Test
    void pagesOfKeysGoOnWhereTheyEnded() {
        for (int i = 0; i < 3; i++) {
            key(Residents.of(server).member("key-pager"));
        }
        var pager = Residents.of(server).member("key-pager");
        var first = pager.get(KEYS + "?pageSize=2");
        assertThat(first.json().at("/data").size()).isEqualTo(2);
        var second = pager.get(KEYS + "?pageSize=2&pageToken="
                + first.text("/meta/pagination/nextPageToken"));
        assertThat(second.json().at("/data").size()).isEqualTo(1);
        assertThat(second.json().at("/meta/pagination").has("nextPageToken")).isFalse();
    }

    private Heard key(Visitor by) {
        var made = by.post(KEYS, Map.of("displayName", "Test", "scope", "organization",
                "scopeId", organization()));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
        return made;
    }

    private Visitor admin() {
        var admin = Residents.of(server).member("key-admin");
        operator().patch(GLOBAL + "/organizations/" + organization() + "/members/"
                + Residents.id(admin), Map.of("role", "admin"));
        return admin;
    }

    private Visitor member() {
        return Residents.of(server).member("key-member");
    }

    private String organization() {
        return Residents.of(server).organization();
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }
}
