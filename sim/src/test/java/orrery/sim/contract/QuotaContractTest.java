package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a namespace may use (ResourceQuota) and what its pods may look like (LimitRange).
class QuotaContractTest {
    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String base = "/api/v1/namespaces/" + namespace;

    @BeforeEach
    void awaitsPods() {
        api.awaitPods(namespace);
    }

    @Test
    void chargesObjectsAndRefusesWhatIsTooMuch() {
        quota("\"pods\":\"2\",\"requests.cpu\":\"1\",\"limits.memory\":\"1Gi\"");
        assertThat(pod("a", "500m", "64Mi").code()).isEqualTo(201);
        assertThat(used("requests.cpu")).isEqualTo("500m");
        assertThat(used("limits.memory")).isEqualTo("64Mi");
        Reply over = pod("b", "700m", "2Gi");
        assertThat(over.code()).isEqualTo(403);
        assertThat(over.reason()).isEqualTo("Forbidden");
        assertThat(over.text("/message")).isEqualTo("pods \"b\" is forbidden: exceeded quota: q,"
                + " requested: limits.memory=2Gi,requests.cpu=700m,"
                + " used: limits.memory=64Mi,requests.cpu=500m,"
                + " limited: limits.memory=1Gi,requests.cpu=1");
        assertThat(pod("b", "500m", "64Mi").code()).isEqualTo(201);
        assertThat(used("requests.cpu")).isEqualTo("1");
        assertThat(used("limits.memory")).isEqualTo("128Mi");
        assertThat(pod("c", "0", "0").text("/message")).contains(
                "requested: pods=1, used: pods=2, limited: pods=2");
        api.delete(base + "/pods/a", "{\"gracePeriodSeconds\":0}");
        await().atMost(Duration.ofSeconds(60)).until(() -> used("pods").equals("1"));
        assertThat(pod("c", "0", "0").code()).isEqualTo(201);
    }

    @Test
    void wantsContainersToSayWhatTheyTake() {
        quota("\"requests.cpu\":\"1\",\"limits.memory\":\"1Gi\"");
        Reply silent = api.post(base + "/pods", """
                {"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"x"}]}}""");
        assertThat(silent.code()).isEqualTo(403);
        assertThat(silent.text("/message")).startsWith(
                "pods \"a\" is forbidden: failed quota: q: must specify limits.memory");
    }

    @Test
    void countsObjectsOfAnyType() {
        quota("\"count/configmaps\":\"3\",\"services\":\"1\",\"count/deployments.apps\":\"0\"");
        for (int i = 0; i < 4; i++) {
            api.post(base + "/configmaps", "{\"metadata\":{\"name\":\"m" + i + "\"}}");
        }
        assertThat(used("count/configmaps")).isEqualTo("3");
        assertThat(api.post(base + "/configmaps", "{\"metadata\":{\"name\":\"more\"}}")
                .text("/message")).isEqualTo("configmaps \"more\" is forbidden: exceeded quota: q,"
                + " requested: count/configmaps=1, used: count/configmaps=3,"
                + " limited: count/configmaps=3");
        Reply dry = api.post(base + "/services?dryRun=All", service("dry"));
        assertThat(dry.code()).isEqualTo(201);
        assertThat(api.post(base + "/services", service("one")).code()).isEqualTo(201);
        assertThat(api.post(base + "/services", service("two")).text("/message"))
                .contains("exceeded quota: q, requested: services=1");
        assertThat(api.post("/apis/apps/v1/namespaces/" + namespace + "/deployments", """
                {"metadata":{"name":"web"},"spec":{"selector":{"matchLabels":{"a":"b"}},
                 "template":{"metadata":{"labels":{"a":"b"}},
                 "spec":{"containers":[{"name":"c","image":"x"}]}}}}""").text("/message"))
                .isEqualTo("deployments.apps \"web\" is forbidden: exceeded quota: q, requested:"
                + " count/deployments.apps=1, used: count/deployments.apps=0,"
                + " limited: count/deployments.apps=0");
    }

    @Test
    void speaksOfPodsInItsScopesOnly() {
        Reply made = api.post(base + "/resourcequotas", """
                {"metadata":{"name":"q"},
                 "spec":{"hard":{"pods":"0"},"scopes":["BestEffort"]}}""");
        assertThat(made.code()).isEqualTo(201);
        awaitCounted();
        assertThat(pod("a", "100m", "1Mi").code()).isEqualTo(201);
        assertThat(api.post(base + "/pods", """
                {"metadata":{"name":"b"},"spec":{"containers":[{"name":"c","image":"x"}]}}""")
                .text("/message")).contains("exceeded quota: q");
        assertThat(api.post(base + "/services", service("one")).code()).isEqualTo(201);
    }

    @Test
    void refusesQuotasThatMakeNoSense() {
        Reply reply = api.post(base + "/resourcequotas", """
                {"metadata":{"name":"q"},"spec":{"hard":{"foo":"1","memory":"-1"}}}""");
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.body().at("/details/causes").findValuesAsText("field"))
                .contains("spec.hard[foo]", "spec.hard[memory]");
    }

    @Test
    void fillsInWhatContainersLeaveOut() {
        Reply range = range("""
                {"type":"Container","max":{"cpu":"1","memory":"1Gi"},"min":{"cpu":"100m"},
                 "default":{"cpu":"500m"},"defaultRequest":{"cpu":"200m"}}""");
        assertThat(range.text("/spec/limits/0/default/memory")).isEqualTo("1Gi");
        assertThat(range.text("/spec/limits/0/defaultRequest/memory")).isEqualTo("1Gi");
        Reply pod = api.post(base + "/pods", """
                {"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"x"}]}}""");
        JsonNode resources = pod.body().at("/spec/containers/0/resources");
        assertThat(resources.at("/requests/cpu").asText()).isEqualTo("200m");
        assertThat(resources.at("/limits/cpu").asText()).isEqualTo("500m");
        assertThat(resources.at("/requests/memory").asText()).isEqualTo("1Gi");
        assertThat(pod.text("/status/qosClass")).isEqualTo("Burstable");
        assertThat(pod.body().at("/metadata/annotations/kubernetes.io~1limit-ranger").asText())
                .isEqualTo("LimitRanger plugin set: cpu, memory request for container c; cpu,"
                        + " memory limit for container c");
    }

    @Test
    void refusesWhatIsOutOfRange() {
        range("""
                {"type":"Container","max":{"cpu":"1"},"min":{"cpu":"100m"},
                 "maxLimitRequestRatio":{"cpu":"4"},"default":{"cpu":"500m"}},
                {"type":"PersistentVolumeClaim","max":{"storage":"1Gi"}}""");
        assertThat(resources("{\"limits\":{\"cpu\":\"2\"}}")).isEqualTo("pods \"a\" is forbidden:"
                + " maximum cpu usage per Container is 1, but limit is 2");
        assertThat(resources("{\"requests\":{\"cpu\":\"50m\"}}")).isEqualTo("pods \"a\" is"
                + " forbidden: [minimum cpu usage per Container is 100m, but request is 50m, cpu"
                + " max limit to request ratio per Container is 4, but provided ratio is"
                + " 10.000000]");
        assertThat(api.post(base + "/persistentvolumeclaims", """
                {"metadata":{"name":"c"},"spec":{"accessModes":["ReadWriteOnce"],
                 "resources":{"requests":{"storage":"2Gi"}}}}""").text("/message"))
                .isEqualTo("persistentvolumeclaims \"c\" is forbidden: maximum storage usage per"
                        + " PersistentVolumeClaim is 1Gi, but request is 2Gi");
    }

    @Test
    void refusesRangesThatMakeNoSense() {
        Reply reply = range("{\"type\":\"Container\",\"min\":{\"cpu\":\"2\"},"
                + "\"max\":{\"cpu\":\"1\"}}");
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.body().at("/details/causes").findValuesAsText("field"))
                .contains("spec.limits[0].min[cpu]");
    }

    private String resources(String resources) {
        return api.post(base + "/pods", """
                {"metadata":{"name":"a"},"spec":{"containers":[
                 {"name":"c","image":"x","resources":%s}]}}""".formatted(resources))
                .text("/message");
    }

    private Reply range(String limits) {
        return api.post(base + "/limitranges",
                "{\"metadata\":{\"name\":\"l\"},\"spec\":{\"limits\":[" + limits + "]}}");
    }

    private void quota(String hard) {
        Reply made = api.post(base + "/resourcequotas",
                "{\"metadata\":{\"name\":\"q\"},\"spec\":{\"hard\":{" + hard + "}}}");
        assertThat(made.code()).as("%s", made.body()).isEqualTo(201);
        awaitCounted();
    }

    /// A quota holds once its controller has counted.
    private void awaitCounted() {
        await().atMost(Duration.ofSeconds(60)).until(() ->
                !api.get(base + "/resourcequotas/q").body().at("/status/used").isEmpty());
    }

    private String used(String resource) {
        return api.get(base + "/resourcequotas/q").body().at("/status/used")
                .path(resource).asText();
    }

    /// A pod that no scheduler takes.
    private Reply pod(String name, String cpu, String memory) {
        return api.post(base + "/pods", """
                {"metadata":{"name":"%s"},"spec":{"schedulerName":"nobody","containers":[
                 {"name":"c","image":"x","resources":{
                  "requests":{"cpu":"%s"},"limits":{"memory":"%s"}}}]}}""".formatted(
                        name, cpu, memory));
    }

    private static String service(String name) {
        return "{\"metadata\":{\"name\":\"" + name + "\"},\"spec\":{\"ports\":[{\"port\":80}]}}";
    }
}
