package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Input that makes no sense is refused with a `Status`, never with a 500 or silence.
class MalformedContractTest {
    private final Api api = Api.shared();

    /// Method, path, content type, body, and the codes that are right.
    record Case(String method, String path, String type, String body, Integer... codes) {
        @Override
        public String toString() {
            return method + " " + path + " " + type + " "
                    + body.substring(0, Math.min(40, body.length()));
        }
    }

    static Stream<Case> cases() {
        String maps = "/api/v1/namespaces/default/configmaps";
        String json = "application/json";
        return Stream.of(
                new Case("POST", maps, json, "{\"metadata\":", 400),
                new Case("POST", maps, json, "[]", 400),
                new Case("POST", maps, json, "", 400),
                new Case("POST", maps, json, "{\"metadata\":[]}", 400),
                new Case("POST", maps, json, "{\"metadata\":{\"labels\":{\"a\":1}}}", 400, 422),
                new Case("POST", maps, json, "{\"metadata\":{\"name\":\"x\"},\"data\":[]}", 400),
                new Case("POST", maps, json, "{\"kind\":\"Pod\",\"metadata\":{}}", 400),
                new Case("POST", maps, json, "[".repeat(20_000), 400),
                new Case("POST", maps, "application/yaml", "a: [", 400),
                new Case("POST", maps, "application/yaml", "[".repeat(20_000), 400),
                new Case("POST", maps, "application/yaml", bomb(), 400),
                new Case("POST", maps, "application/vnd.kubernetes.protobuf", "k8s", 400),
                new Case("POST", maps, "application/vnd.kubernetes.protobuf",
                        "k8s\0\n\u0010\n\u0002v1\u0012\u00ff", 400),
                new Case("POST", maps, "application/xml", "<a/>", 415),
                new Case("PATCH", maps + "/x", "text/html", "x", 415),
                new Case("PUT", maps, json, "{}", 405),
                new Case("POST", maps + "/x", json, "{}", 405),
                new Case("GET", maps + "?limit=many", "", "", 400),
                new Case("GET", maps + "?labelSelector=%3D%3D", "", "", 400),
                new Case("GET", maps + "?labelSelector=a%20b%20c", "", "", 400),
                new Case("GET", maps + "?fieldSelector=zzz", "", "", 400),
                new Case("GET", maps + "?fieldSelector=metadata.name%3Da%3Db", "", "", 400),
                new Case("GET", maps + "?fieldSelector=metadata.name%3Da%5C", "", "", 400),
                new Case("GET", maps + "?timeoutSeconds=x", "", "", 400),
                new Case("GET", maps + "?resourceVersionMatch=Exact", "", "", 422),
                new Case("GET", maps + "?resourceVersion=0&resourceVersionMatch=Exact", "", "",
                        422),
                new Case("GET", maps + "?resourceVersion=1&resourceVersionMatch=Some", "", "",
                        422),
                new Case("GET", maps + "?watch=1&resourceVersion=1&resourceVersionMatch=Exact",
                        "", "", 422),
                new Case("GET", maps + "/kube-root-ca.crt?resourceVersion=99999999999", "", "",
                        504),
                new Case("POST", maps + "?fieldManager=%00", json,
                        "{\"metadata\":{\"name\":\"x\"}}", 422),
                new Case("POST", maps, json,
                        "{\"metadata\":{\"name\":\"x\"},\"data\":{\"a\":1e400}}", 400),
                new Case("POST", maps, "application/yaml",
                        "metadata: {name: x}\ndata: {a: \"\u00ff\"}", 400),
                new Case("DELETE", maps + "/kube-root-ca.crt", json, "{\"propagationPolicy\":"
                        + "\"Foreground\",\"orphanDependents\":true}", 422),
                new Case("GET", "/version/x", "", "", 404),
                new Case("GET", "/api/v1/namespaces/default/none", "", "", 404),
                new Case("GET", "/apis/apps/v9/deployments", "", "", 404),
                new Case("GET", "/api/v1/namespaces//pods/a/b/c/d/e/f", "", "", 404),
                new Case("GET", "/api/v1/namespaces/default/pods/..%2f..%2fx", "", "", 404),
                new Case("DELETE", maps + "/none?propagationPolicy=Sometimes", "", "", 400, 422));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isRefusedWithAStatus(Case one) {
        Reply reply = api.send(one.method(), one.path(), one.type(),
                one.body().getBytes(StandardCharsets.ISO_8859_1), api.token());
        assertThat(reply.code()).as("%s", reply.body()).isIn((Object[]) one.codes());
        assertThat(reply.text("/kind")).isEqualTo("Status");
        assertThat(reply.body().path("code").asInt()).isEqualTo(reply.code());
    }

    @ParameterizedTest
    @MethodSource("patches")
    void refusesBadPatches(Case one) {
        String maps = "/api/v1/namespaces/default/configmaps";
        api.post(maps, "{\"metadata\":{\"name\":\"patched\"},\"data\":{\"a\":\"1\"}}");
        Reply reply = api.send("PATCH", maps + "/patched", one.type(), one.body());
        assertThat(reply.code()).as("%s", reply.body()).isIn((Object[]) one.codes());
        assertThat(reply.text("/kind")).isEqualTo("Status");
    }

    static Stream<Case> patches() {
        String patch = "application/json-patch+json";
        return Stream.of(
                new Case("", "", patch, "{}", 400),
                new Case("", "", patch, "[1]", 400),
                new Case("", "", patch, "[{\"op\":\"jump\",\"path\":\"/a\"}]", 400, 422),
                new Case("", "", patch, "[{\"op\":\"remove\",\"path\":\"/no/such\"}]", 422),
                new Case("", "", patch, "[{\"op\":\"add\",\"path\":\"data\",\"value\":1}]",
                        400, 422),
                new Case("", "", patch, "[{\"op\":\"replace\",\"path\":\"\",\"value\":3}]",
                        400, 422),
                new Case("", "", "application/merge-patch+json", "[]", 400, 422),
                new Case("", "", "application/merge-patch+json", "{\"data\":7}", 400, 422),
                new Case("", "", "application/apply-patch+yaml", "a: b", 422));
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        String body = "{\"metadata\":{\"name\":\"big\"},\"data\":{\"a\":\""
                + "x".repeat(4 << 20) + "\"}}";
        Reply reply = api.post("/api/v1/namespaces/default/configmaps", body);
        assertThat(reply.code()).isEqualTo(413);
        assertThat(reply.reason()).isEqualTo("RequestEntityTooLarge");
    }

    /// A real server answers 500 to both.
    @Test
    @Needs(simulation = true)
    void refusesWhatARealServerStumblesOver() {
        String maps = "/api/v1/namespaces/default/configmaps";
        assertThat(api.get(maps + "?watch=1&resourceVersion=abc").code()).isEqualTo(400);
        api.post(maps, "{\"metadata\":{\"name\":\"patched\"},\"data\":{\"a\":\"1\"}}");
        assertThat(api.send("PATCH", maps + "/patched", "application/strategic-merge-patch+json",
                "{\"$patch\":\"dance\"}").code()).isEqualTo(400);
        assertThat(api.get(maps + "?resourceVersion=-1").code()).isEqualTo(400);
        for (String options : List.of("{\"gracePeriodSeconds\":\"x\"}", "{\"kind\":\"Pod\"}",
                "{\"preconditions\":{\"uid\":5}}", "{\"dryRun\":\"All\"}")) {
            assertThat(api.delete(maps + "/patched", options).code()).as(options).isEqualTo(400);
        }
        String claims = "/api/v1/namespaces/default/persistentvolumeclaims/none";
        for (String spec : List.of("{accessModes: [a], nope: 1}", "{accessModes: a}")) {
            assertThat(api.apply(claims, "me", "apiVersion: v1\nkind: PersistentVolumeClaim\n"
                    + "metadata: {name: none}\nspec: " + spec).code()).as(spec).isEqualTo(400);
        }
        assertThat(api.apply(maps + "/patched", "me", "apiVersion: v1\nkind: ConfigMap\n"
                + "metadata: {name: patched, finalizers: [a.b/c, a.b/c]}").text("/message"))
                .contains("duplicate entries for key");
    }

    @Test
    void endsAWatchThatIsOverBeforeItBegins() {
        String maps = "/api/v1/namespaces/default/configmaps";
        try (var events = api.watch(maps + "?watch=1&timeoutSeconds=-1")) {
            assertThat(events.map(event -> event.path("type").asText())).isSubsetOf("ADDED");
        }
    }

    /// Numbers in labels can be compared, and commas in values escaped.
    @Test
    void readsSelectorsThatAreRarelyWritten() {
        String maps = "/api/v1/namespaces/" + api.namespace() + "/configmaps";
        for (int i = 1; i <= 3; i++) {
            api.post(maps, "{\"metadata\":{\"name\":\"m%1$d\",\"labels\":{\"n\":\"%1$d\"}}}"
                    .formatted(i));
        }
        assertThat(api.get(maps + "?labelSelector=n%3E1%2Cn%3C3").body().path("items"))
                .singleElement().extracting(one -> one.at("/metadata/name").asText())
                .isEqualTo("m2");
        assertThat(api.get(maps + "?fieldSelector=metadata.name%3Dm%5C%2C1").body()
                .path("items")).isEmpty();
    }

    @Test
    void knowsNoPageOfAGroupThatNobodyServes() {
        assertThat(api.get("/apis/none.example.com/v1/x").code()).isEqualTo(404);
    }

    private static String bomb() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for (int i = 1; i < 12; i++) {
            yaml.append("a%1$d: &a%1$d [".formatted(i))
                    .append("*a%d,".formatted(i - 1).repeat(9)).append("]\n");
        }
        return yaml.toString();
    }
}
