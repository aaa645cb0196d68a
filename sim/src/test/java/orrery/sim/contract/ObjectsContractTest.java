package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;

/// Creating, reading, changing and listing objects.
class ObjectsContractTest {
    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String maps = "/api/v1/namespaces/" + namespace + "/configmaps";

    @Test
    void refusesAnObjectInAMissingNamespace() {
        Reply reply = api.post("/api/v1/namespaces/none-such/configmaps", map("a", "1"));
        assertThat(reply.code()).isEqualTo(404);
        assertThat(reply.reason()).isEqualTo("NotFound");
        assertThat(reply.text("/details/kind")).isEqualTo("namespaces");
    }

    @Test
    void refusesADuplicate() {
        assertThat(api.post(maps, map("a", "1")).code()).isEqualTo(201);
        Reply again = api.post(maps, map("a", "1"));
        assertThat(again.code()).isEqualTo(409);
        assertThat(again.reason()).isEqualTo("AlreadyExists");
    }

    @Test
    void generatesNames() {
        String body = "{\"metadata\":{\"generateName\":\"job-\"}}";
        String first = api.post(maps, body).text("/metadata/name");
        String second = api.post(maps, body).text("/metadata/name");
        assertThat(first).matches("job-[a-z0-9]{5}").isNotEqualTo(second);
    }

    @Test
    void refusesABadName() {
        Reply reply = api.post(maps, map("Not_A_Name", "1"));
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.reason()).isEqualTo("Invalid");
        assertThat(reply.text("/details/causes/0/field")).isEqualTo("metadata.name");
    }

    @Test
    void refusesAStaleVersion() {
        Reply made = api.post(maps, map("a", "1"));
        api.put(maps + "/a", map("a", "2"));
        String stale = made.body().toString().replace("\"value\":\"1\"", "\"value\":\"3\"");
        Reply reply = api.put(maps + "/a", stale);
        assertThat(reply.code()).isEqualTo(409);
        assertThat(reply.reason()).isEqualTo("Conflict");
    }

    @Test
    void keepsTheVersionOfAnUpdateThatChangesNothing() {
        Reply made = api.post(maps, map("a", "1"));
        Reply same = api.put(maps + "/a", made.body().toString());
        assertThat(same.code()).isEqualTo(200);
        assertThat(same.text("/metadata/resourceVersion"))
                .isEqualTo(made.text("/metadata/resourceVersion"));
    }

    @Test
    void keepsNothingOfADryRun() {
        assertThat(api.post(maps + "?dryRun=All", map("dry", "1")).code()).isEqualTo(201);
        assertThat(api.get(maps + "/dry").code()).isEqualTo(404);
        api.post(maps, map("wet", "1"));
        api.send("DELETE", maps + "/wet?dryRun=All", "", "");
        assertThat(api.get(maps + "/wet").code()).isEqualTo(200);
    }

    @Test
    void pagesThroughAList() {
        for (int i = 0; i < 5; i++) {
            api.post(maps, map("page-" + i, "1"));
        }
        String query = maps + "?labelSelector=set%3Dyes&limit=2";
        Reply first = api.get(query);
        assertThat(first.body().path("items")).hasSize(2);
        Reply second = api.get(query + "&continue=" + first.text("/metadata/continue"));
        Reply third = api.get(query + "&continue=" + second.text("/metadata/continue"));
        assertThat(second.text("/items/0/metadata/name")).isEqualTo("page-2");
        assertThat(third.body().path("items")).hasSize(1);
        assertThat(third.text("/metadata/continue")).isEmpty();
        assertThat(third.text("/metadata/resourceVersion"))
                .isEqualTo(first.text("/metadata/resourceVersion"));
        assertThat(api.get(maps + "?limit=2&continue=nonsense").code()).isEqualTo(400);
    }

    @Test
    void selectsByLabelsAndFields() {
        api.post(maps, map("a", "1").replace("\"set\":\"yes\"", "\"tier\":\"web\""));
        api.post(maps, map("b", "1").replace("\"set\":\"yes\"", "\"tier\":\"db\""));
        api.post(maps, map("c", "1"));
        assertThat(names("labelSelector=tier%3Dweb")).isEqualTo("a ");
        assertThat(names("labelSelector=tier+in+(web,db)")).isEqualTo("a b ");
        assertThat(names("labelSelector=tier,tier!%3Dweb")).isEqualTo("b ");
        assertThat(names("labelSelector=!tier,set")).isEqualTo("c ");
        assertThat(names("fieldSelector=metadata.name%3Db")).isEqualTo("b ");
        assertThat(api.get(maps + "?fieldSelector=data.value%3D1").code()).isEqualTo(400);
        assertThat(api.get(maps + "?labelSelector=a+in+b").code()).isEqualTo(400);
    }

    @Test
    void holdsImmutableConfigMaps() {
        api.post(maps, "{\"metadata\":{\"name\":\"fixed\"},\"data\":{\"a\":\"1\"},"
                + "\"immutable\":true}");
        Reply reply = api.send("PATCH", maps + "/fixed", "application/merge-patch+json",
                "{\"data\":{\"a\":\"2\"}}");
        assertThat(reply.code()).isEqualTo(422);
    }

    @Test
    void encodesStringDataOfSecrets() {
        Reply made = api.post("/api/v1/namespaces/" + namespace + "/secrets",
                "{\"metadata\":{\"name\":\"s\"},\"stringData\":{\"key\":\"value\"}}");
        assertThat(made.text("/data/key")).isEqualTo("dmFsdWU=");
        assertThat(made.body().has("stringData")).isFalse();
        assertThat(made.text("/type")).isEqualTo("Opaque");
    }

    @Test
    void givesServicesAnAddress() {
        String services = "/api/v1/namespaces/" + namespace + "/services";
        Reply made = api.post(services, """
                {"metadata":{"name":"web"},"spec":{"ports":[{"port":80}],"selector":{"a":"b"}}}""");
        assertThat(made.text("/spec/clusterIP")).matches("10(\\.\\d+){3}");
        assertThat(made.text("/spec/ports/0/protocol")).isEqualTo("TCP");
        assertThat(made.text("/spec/ports/0/targetPort")).isEqualTo("80");
    }

    @Test
    @Needs(version = 23)
    void keepsTheAddressOfAService() {
        String services = "/api/v1/namespaces/" + namespace + "/services";
        String service = """
                {"metadata":{"name":"kept"},
                 "spec":{"ports":[{"port":%d}],"selector":{"a":"b"}}}""";
        Reply made = api.post(services, service.formatted(80));
        Reply changed = api.put(services + "/kept", service.formatted(81));
        assertThat(changed.text("/spec/clusterIP")).isEqualTo(made.text("/spec/clusterIP"));
    }

    @Test
    void appliesPatchesOfEveryKind() {
        api.post(maps, map("a", "1"));
        api.send("PATCH", maps + "/a", "application/json-patch+json",
                "[{\"op\":\"test\",\"path\":\"/data/value\",\"value\":\"1\"},"
                + "{\"op\":\"add\",\"path\":\"/data/more\",\"value\":\"x\"}]");
        Reply merged = api.send("PATCH", maps + "/a", "application/merge-patch+json",
                "{\"data\":{\"value\":null,\"other\":\"y\"}}");
        assertThat(merged.body().path("data").toString())
                .isEqualTo("{\"more\":\"x\",\"other\":\"y\"}");
        Reply failed = api.send("PATCH", maps + "/a", "application/json-patch+json",
                "[{\"op\":\"test\",\"path\":\"/data/more\",\"value\":\"z\"}]");
        assertThat(failed.code()).isEqualTo(422);
    }

    @Test
    void lendsLeasesToOneHolder() {
        String leases = "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
        Reply made = api.post(leases, """
                {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},
                 "spec":{"holderIdentity":"one"}}""");
        String two = made.body().toString().replace("\"one\"", "\"two\"");
        assertThat(api.put(leases + "/l", two).code()).isEqualTo(200);
        String three = made.body().toString().replace("\"one\"", "\"three\"");
        assertThat(api.put(leases + "/l", three).code()).isEqualTo(409);
    }

    private String names(String query) {
        StringBuilder names = new StringBuilder();
        api.get(maps + "?" + query).body().path("items").forEach(item -> {
            String name = item.path("metadata").path("name").asText();
            if (!name.equals("kube-root-ca.crt")) {
                names.append(name).append(' ');
            }
        });
        return names.toString();
    }

    private static String map(String name, String value) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\",\"labels\":{\"set\":\"yes\"}},\"data\":{\"value\":\"" + value + "\"}}";
    }
}
