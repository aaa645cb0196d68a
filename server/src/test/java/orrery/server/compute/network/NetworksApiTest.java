package orrery.server.compute.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class NetworksApiTest {
    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String networks;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        networks = all.compute() + "/networks";
    }

    private String made(String name, String cidr) {
        var made = owner.post(networks, Map.of("name", name, "cidr", cidr));
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return made.text("/data/id");
    }

    @Test
    void aNetworkLivesFromCreationToDeletion() {
        var made = owner.post(networks, Map.of("name", "alpha", "cidr", "10.1.0.0/16",
                "labels", Map.of("env", "test")));
        assertThat(made.status()).isEqualTo(201);
        var id = made.text("/data/id");
        var path = networks + "/" + id;
        assertThat(id).matches("net_[0-9A-Za-z]{26}");
        assertThat(made.header("Location")).isEqualTo(path);
        assertThat(made.header("ETag")).isEqualTo("\"1\"");
        assertThat(made.header("X-Request-Id")).isEqualTo(made.text("/meta/requestId"));
        assertThat(made.text("/data/selfLink")).isEqualTo(path);
        assertThat(made.text("/data/state")).isEqualTo("active");
        assertThat(made.text("/data/role")).isEqualTo("custom");
        assertThat(made.json().at("/data/subnets").size()).isEqualTo(1);
        assertThat(made.json().at("/data/description").isNull()).as("unset text is null").isTrue();
        assertThat(made.json().at("/data").has("deletedAt")).as("every field is sent").isTrue();
        assertThat(made.json().at("/data/createdAt").asText())
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(owner.get(networks + "/alpha").text("/data/id")).isEqualTo(id);

        var sorted = new HashMap<String, Object>(Map.of("tier", "gold"));
        assertThat(owner.patch(path, Map.of("labels", sorted)).json().at("/data/labels"))
                .as("the others stay").hasSize(2);
        sorted.put("env", null);
        assertThat(owner.patch(path, Map.of("labels", sorted)).json().at("/data/labels")
                .toString()).isEqualTo("{\"tier\":\"gold\"}");
        assertThat(owner.patch(path, Map.of("labels", Map.of("orrery.dev/x", "y")))
                .json().at("/error/details/fields").has("labels.orrery.dev/x")).isTrue();
        var change = new HashMap<String, Object>(Map.of("displayName", "Alpha"));
        change.put("labels", null);
        var changed = owner.with("If-Match", "\"3\"").patch(path, change);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("ETag")).isEqualTo("\"4\"");
        assertThat(changed.json().at("/data/labels").size()).isZero();
        assertThat(owner.with("If-Match", "\"1\"").patch(path, change).text("/error/code"))
                .isEqualTo("PRECONDITION_FAILED");
        assertThat(owner.with("If-Match", "\"1\"").delete(path).status()).isEqualTo(412);
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(owner.patch(path, Map.of("cidr", "10.2.0.0/16"))
                .text("/error/details/fields/cidr")).isNotEmpty();

        var gone = owner.delete(path);
        assertThat(gone.status()).isEqualTo(204);
        assertThat(gone.raw().body()).isEmpty();
        assertThat(gone.header("X-Request-Id")).isNotEmpty();
        assertThat(owner.get(path).text("/error/code")).isEqualTo("NOT_FOUND");
        assertThat(owner.delete(path).status()).isEqualTo(404);
        var again = made("alpha", "10.1.0.0/16");
        assertThat(again).as("name and range are free at once").isNotEqualTo(id);
    }

    @Test
    void namesEverythingThatIsWrong() {
        var wrong = owner.post(networks, Map.of("name", "NO", "cidr", "10.1.0.1/16",
                "displayName", " ", "colour", "red"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error/code")).isEqualTo("VALIDATION_ERROR");
        assertThat(fields(wrong)).containsExactlyInAnyOrder(
                "name", "cidr", "displayName", "colour");
        assertThat(fields(owner.post(networks, "{}"))).containsExactly("cidr");
        for (var range : List.of("8.8.8.0/24", "10.0.0.0/7", "10.0.0.0/29", "2001:db8::/32",
                "10.0.0.0", "fd00::/65", "10.0.0.0/33", "0x0a.0.0.0/8")) {
            assertThat(fields(owner.post(networks, Map.of("cidr", range)))).as(range)
                    .containsExactly("cidr");
        }
        assertThat(owner.post(networks, Map.of("cidr", "fd12:3456::/48")).status())
                .isEqualTo(201);
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    @Test
    void refusesATakenNameAndAnOverlappingRange() {
        made("taken", "10.20.0.0/16");
        assertThat(owner.post(networks, Map.of("name", "taken", "cidr", "10.21.0.0/16"))
                .text("/error/code")).isEqualTo("ALREADY_EXISTS");
        var overlaps = owner.post(networks, Map.of("name", "over", "cidr", "10.20.128.0/17"));
        assertThat(overlaps.status()).isEqualTo(409);
        assertThat(overlaps.text("/error/code")).isEqualTo("CONFLICT");
        assertThat(overlaps.text("/error/message")).contains("taken", "10.20.0.0/16");
    }

    @Test
    void aListIsCutByTokensOrByOffsets() {
        for (int i = 0; i < 3; i++) {
            made("page-" + i, "192.168." + i + ".0/24");
        }
        var list = networks + "?search=page-&pageSize=2";
        var first = owner.get(list);
        assertThat(names(first)).isEqualTo("page-2 page-1");
        assertThat(first.json().at("/meta/pagination/pageSize").asInt()).isEqualTo(2);
        assertThat(first.json().at("/meta/pagination").has("total")).isFalse();
        made("page-late", "192.168.9.0/24");
        var token = first.text("/meta/pagination/nextPageToken");
        var second = owner.get(list + "&pageToken=" + token);
        assertThat(names(second)).isEqualTo("page-0");
        assertThat(second.json().at("/meta/pagination").has("nextPageToken")).isFalse();
        var byOffset = owner.get(list + "&offset=2");
        assertThat(names(byOffset)).isEqualTo("page-1 page-0");
        assertThat(byOffset.json().at("/meta/pagination/total").asInt()).isEqualTo(4);
        assertThat(names(owner.get(list + "&offset=99"))).isEmpty();
        assertThat(owner.get(networks + "?search=other&pageToken=" + token)
                .text("/error/code")).as("made for another search")
                .isEqualTo("INVALID_PAGE_TOKEN");
    }

    private static String names(Visitor.Heard page) {
        return page.json().at("/data").valueStream()
                .map(item -> item.at("/name").asText()).collect(Collectors.joining(" "));
    }

    @Test
    void refusesQueriesThatMeanNothing() {
        for (var query : List.of("pageSize=0", "pageSize=501", "pageSize=x", "offset=-1",
                "offset=0&pageToken=")) {
            var wrong = owner.get(networks + "?" + query);
            assertThat(wrong.text("/error/code")).as(query).isEqualTo("VALIDATION_ERROR");
            assertThat(fields(wrong)).as(query).hasSize(1);
        }
        assertThat(owner.get(networks + "?pageToken=nonsense").text("/error/code"))
                .isEqualTo("INVALID_PAGE_TOKEN");
        var filter = owner.get(networks + "?colour=red");
        assertThat(filter.status()).isEqualTo(400);
        assertThat(filter.text("/error/code")).isEqualTo("INVALID_FILTER");
        var sort = owner.get(networks + "?sort=colour");
        assertThat(sort.text("/error/code")).isEqualTo("INVALID_SORT");
        assertThat(sort.json().at("/error/details/allowed").size()).isPositive();
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = networks + "/" + made("hidden", "10.30.0.0/16");
        all.unknown("GET", networks, null);
        all.unknown("POST", networks, Map.of("cidr", "10.31.0.0/16"));
        all.unknown("GET", path, null);
        all.unknown("GET", networks + "/hidden", null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        assertThat(owner.get(path).status()).isEqualTo(200);
        assertThat(owner.get(networks.replace("/main/", "/mars/")).status()).isEqualTo(404);
        assertThat(owner.get(path.replace("/main/", "/mars/")).status()).isEqualTo(404);
    }

    @Test
    void theOldSingularPathWarns() {
        var old = owner.get(networks.replace("/v1/regions/", "/v1/region/"));
        assertThat(old.status()).isEqualTo(200);
        assertThat(old.text("/meta/warnings/0/code")).isEqualTo("DEPRECATED_ENDPOINT");
        assertThat(old.header("Deprecation")).isNotEmpty();
        assertThat(old.header("Sunset")).isNotEmpty();
    }
}
