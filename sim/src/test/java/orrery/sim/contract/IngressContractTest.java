package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What an Ingress may say, and an autoscaler of the older version.
class IngressContractTest {
    private static final String BACKEND =
            "{\"service\":{\"name\":\"s\",\"port\":{\"number\":80}}}";

    private final Api api = Api.shared();

    /// The parts of a spec, and the fields that are wrong in it.
    record Case(String spec, String... fields) {
        @Override
        public String toString() {
            return spec;
        }
    }

    static Stream<Case> cases() {
        String backend = "spec.defaultBackend";
        String path = "spec.rules[0].http.paths[0].path";
        return Stream.of(
                new Case("", "spec"),
                new Case("\"rules\":[{\"http\":{\"paths\":[]}}]", "spec.rules[0].http.paths"),
                new Case(backend("{}"), backend),
                new Case(backend("{\"service\":{\"name\":\"s\"}}"), backend),
                new Case(backend("{\"service\":{\"name\":\"\"}}"),
                        backend + ".service.name", backend),
                new Case(backend("{\"service\":{\"name\":\"S_\",\"port\":{\"number\":80}}}"),
                        backend + ".service.name"),
                new Case(backend(BACKEND.replace("80", "70000")),
                        backend + ".service.port.number"),
                new Case(backend(BACKEND.replace("80", "80,\"name\":\"http\"")), backend),
                new Case(backend(BACKEND.replace("\"number\":80", "\"name\":\"Bad_Name\"")),
                        backend + ".service.port.name"),
                new Case(backend("{\"resource\":{\"kind\":\"\",\"name\":\"\"}}"),
                        backend + ".resource.kind", backend + ".resource.name"),
                new Case(rule("/a//b", "Prefix", ""), path),
                new Case(rule("/a/../b", "Exact", ""), path),
                new Case(rule("/a/.", "Prefix", ""), path),
                new Case(rule("a", "ImplementationSpecific", ""), path),
                new Case(rule("/a//b", "ImplementationSpecific", "")),
                new Case(rule("/a", "Some", ""), path + "Type"),
                new Case(rule("/a", "Prefix", "")),
                new Case(rule("/a", "Prefix", "*.example.com")),
                new Case(rule("/a", "Prefix", "a.*.b"), "spec.rules[0].host"),
                new Case(rule("/a", "Prefix", "1.2.3.4"), "spec.rules[0].host"),
                new Case(rule("/a", "Prefix", "A.b"), "spec.rules[0].host"),
                new Case(backend(BACKEND) + ",\"tls\":[{\"hosts\":[\"A\"],\"secretName\":\"X_\"}]",
                        "spec.tls[0].hosts[0]", "spec.tls[0].secretName"),
                new Case(backend(BACKEND) + ",\"ingressClassName\":\"\"",
                        "spec.ingressClassName"));
    }

    private static String backend(String backend) {
        return "\"defaultBackend\":" + backend;
    }

    private static String rule(String path, String type, String host) {
        return ("\"rules\":[{\"host\":\"%s\",\"http\":{\"paths\":[{\"path\":\"%s\",\"pathType\":"
                + "\"%s\",\"backend\":%s}]}}]").formatted(host, path, type, BACKEND);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void namesWhatIsWrongInAnIngress(Case one) {
        Reply reply = api.post("/apis/networking.k8s.io/v1/namespaces/default/ingresses?dryRun="
                + "All", "{\"metadata\":{\"name\":\"i\"},\"spec\":{" + one.spec() + "}}");
        assertThat(reply.code()).as("%s", reply.body()).isEqualTo(
                one.fields().length == 0 ? 201 : 422);
        List<String> fields = new ArrayList<>();
        reply.body().at("/details/causes").forEach(c -> fields.add(c.path("field").asText()));
        assertThat(fields).containsExactlyInAnyOrder(one.fields());
    }

    @Test
    void servesAutoscalersOfTheOlderVersion() {
        String scalers = "/apis/autoscaling/v1/namespaces/" + api.namespace()
                + "/horizontalpodautoscalers";
        Reply made = api.post(scalers, """
                {"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":
                 {"apiVersion":"apps/v1","kind":"Deployment","name":"none"}}}""");
        assertThat(made.code()).as("%s", made.body()).isEqualTo(201);
        assertThat(made.text("/apiVersion")).isEqualTo("autoscaling/v1");
        assertThat(made.text("/spec/targetCPUUtilizationPercentage")).isEqualTo("80");
        assertThat(made.text("/spec/minReplicas")).isEqualTo("1");
        assertThat(made.body().path("spec").has("metrics")).isFalse();
        Reply changed = api.send("PATCH", scalers + "/h", "application/merge-patch+json",
                "{\"spec\":{\"targetCPUUtilizationPercentage\":50,\"maxReplicas\":4}}");
        assertThat(changed.text("/spec/targetCPUUtilizationPercentage")).isEqualTo("50");
        JsonNode item = api.get(scalers).body().at("/items/0/spec");
        assertThat(item.path("targetCPUUtilizationPercentage").asInt()).isEqualTo(50);
        assertThat(item.path("maxReplicas").asInt()).isEqualTo(4);
        Reply refused = api.send("PATCH", scalers + "/h", "application/merge-patch+json",
                "{\"spec\":{\"targetCPUUtilizationPercentage\":0}}");
        assertThat(refused.code()).isEqualTo(422);
        try (var events = api.watch(scalers + "?watch=1&timeoutSeconds=5")) {
            assertThat(events.findFirst().orElseThrow().at("/object/apiVersion").asText())
                    .isEqualTo("autoscaling/v1");
        }
    }

    /// What the newer version has more of comes back as it went.
    @Test
    @Needs(version = 23)
    void keepsWhatTheOlderVersionOfAnAutoscalerLacks() {
        String namespace = api.namespace();
        String newer = "/apis/autoscaling/v2/namespaces/" + namespace
                + "/horizontalpodautoscalers";
        api.post(newer, """
                {"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":
                 {"apiVersion":"apps/v1","kind":"Deployment","name":"none"},
                 "metrics":[{"type":"Resource","resource":{"name":"memory","target":
                  {"type":"AverageValue","averageValue":"1Gi"}}}],
                 "behavior":{"scaleDown":{"selectPolicy":"Disabled"}}}}""");
        JsonNode before = api.get(newer + "/h").body().path("spec");
        assertThat(before.at("/behavior/scaleUp/policies")).hasSize(2);
        String older = newer.replace("/v2/", "/v1/") + "/h";
        Reply seen = api.get(older);
        assertThat(seen.body().path("spec").has("behavior")).isFalse();
        assertThat(api.put(older, seen.body().toString()).code()).isEqualTo(200);
        assertThat(api.get(newer + "/h").body().path("spec")).isEqualTo(before);
        assertThat(api.get(newer + "/h").body().at("/metadata/annotations")).isEmpty();
    }

    @Test
    @Needs(version = 23)
    void namesWhatIsWrongInABehaviour() {
        Reply reply = api.post("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers"
                + "?dryRun=All", """
                {"metadata":{"name":"h"},"spec":{"maxReplicas":3,"scaleTargetRef":
                 {"kind":"Deployment","name":"none"},"behavior":{"scaleUp":{
                 "stabilizationWindowSeconds":3601,"selectPolicy":"Never","policies":
                 [{"type":"Foo","value":0,"periodSeconds":1801}]},
                 "scaleDown":{"policies":[]}}}}""");
        List<String> fields = new ArrayList<>();
        reply.body().at("/details/causes").forEach(c -> fields.add(c.path("field").asText()));
        String up = "spec.behavior.scaleUp.";
        assertThat(fields).containsExactlyInAnyOrder(up + "stabilizationWindowSeconds",
                up + "selectPolicy", up + "policies[0].type", up + "policies[0].value",
                up + "policies[0].periodSeconds", "spec.behavior.scaleDown.policies");
    }
}
