package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;

/// Who may do what: service-account tokens, RBAC, reviews.
class AccessContractTest {
    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String base = "/api/v1/namespaces/" + namespace;

    @Test
    void letsATokenDoWhatItsRoleAllows() {
        String token = account("reader");
        role("reader", "get,list".split(","), "configmaps", "");
        assertThat(as(token, "GET", base + "/configmaps").code()).isEqualTo(200);
        Reply denied = as(token, "GET", base + "/secrets");
        assertThat(denied.code()).isEqualTo(403);
        assertThat(denied.reason()).isEqualTo("Forbidden");
        assertThat(denied.text("/message")).contains("system:serviceaccount:" + namespace
                + ":reader").contains("cannot list resource \"secrets\"");
        assertThat(as(token, "GET", "/api/v1/configmaps").code()).isEqualTo(403);
        assertThat(as(token, "DELETE", base + "/configmaps/none").code()).isEqualTo(403);
    }

    @Test
    void limitsARoleToNames() {
        String token = account("named");
        role("named", new String[] {"get"}, "configmaps", "only");
        api.post(base + "/configmaps", "{\"metadata\":{\"name\":\"only\"}}");
        api.post(base + "/configmaps", "{\"metadata\":{\"name\":\"other\"}}");
        assertThat(as(token, "GET", base + "/configmaps/only").code()).isEqualTo(200);
        assertThat(as(token, "GET", base + "/configmaps/other").code()).isEqualTo(403);
    }

    @Test
    void revokesTokensWithTheirAccount() {
        String token = account("gone");
        assertThat(as(token, "GET", "/version").code()).isEqualTo(200);
        api.delete(base + "/serviceaccounts/gone", "");
        // A server may remember for some seconds whom it has let in.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> as(token, "GET", "/version").code() == 401);
        account("gone");
        assertThat(as(token, "GET", "/version").code()).isEqualTo(401);
    }

    @Test
    void refusesTokensThatAreNotOurs() {
        Reply reply = as("a.b.c", "GET", "/api/v1/nodes");
        assertThat(reply.code()).isEqualTo(401);
        assertThat(reply.reason()).isEqualTo("Unauthorized");
        String token = account("forger");
        String forged = token.substring(0, token.length() - 4) + "AAAA";
        assertThat(as(forged, "GET", "/version").code()).isEqualTo(401);
        assertThat(as("", "GET", "/api/v1/nodes").code()).isIn(401, 403);
    }

    @Test
    void answersWhatOneMayDo() {
        String token = account("asker");
        role("asker", new String[] {"get"}, "pods/log", "");
        assertThat(may(token, "get", "pods", "log")).isTrue();
        assertThat(may(token, "get", "pods", "")).isFalse();
        Reply other = api.post("/apis/authorization.k8s.io/v1/subjectaccessreviews", """
                {"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview",
                 "spec":{"user":"nobody",
                  "resourceAttributes":{"verb":"get","resource":"pods"}}}""");
        assertThat(other.body().at("/status/allowed").asBoolean()).isFalse();
    }

    @Test
    @Needs(version = 28)
    void tellsWhoOneIs() {
        String token = account("myself");
        Reply self = api.send("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                "application/json", ("{\"apiVersion\":\"authentication.k8s.io/v1\","
                        + "\"kind\":\"SelfSubjectReview\"}").getBytes(), token);
        assertThat(self.text("/status/userInfo/username"))
                .isEqualTo("system:serviceaccount:" + namespace + ":myself");
    }

    @Test
    void aReviewTellsAudienceAndPod() {
        account("reviewed");
        Reply pod = api.post(base + "/pods", """
                {"metadata":{"name":"reviewed"},"spec":{"serviceAccountName":"reviewed",
                 "automountServiceAccountToken":false,
                 "containers":[{"name":"c","image":"registry.k8s.io/pause:3.10"}]}}""");
        String uid = pod.text("/metadata/uid");
        Reply issued = api.post(base + "/serviceaccounts/reviewed/token", """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
                 "spec":{"audiences":["somebody-else"],"expirationSeconds":600,
                 "boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"reviewed",
                 "uid":"%s"}}}""".formatted(uid));
        String token = issued.text("/status/token");

        Reply good = review(token, "somebody-else", "and-another");
        assertThat(good.body().at("/status/authenticated").asBoolean()).isTrue();
        assertThat(good.body().at("/status/audiences").toString())
                .isEqualTo("[\"somebody-else\"]");
        assertThat(good.text("/status/user/username"))
                .isEqualTo("system:serviceaccount:" + namespace + ":reviewed");
        JsonNode extra = good.body().at("/status/user/extra");
        assertThat(extra.path("authentication.kubernetes.io/pod-uid").path(0).asText())
                .isEqualTo(uid);
        assertThat(extra.path("authentication.kubernetes.io/pod-name").path(0).asText())
                .isEqualTo("reviewed");
        assertThat(review(token, "and-another").body().at("/status/authenticated").asBoolean())
                .as("another audience").isFalse();
        assertThat(review(token).body().at("/status/authenticated").asBoolean())
                .as("the API server's own").isFalse();
        assertThat(as(token, "GET", base + "/pods").code()).isEqualTo(401);
    }

    private Reply review(String token, String... audiences) {
        return api.post("/apis/authentication.k8s.io/v1/tokenreviews", """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview",
                 "spec":{"token":"%s","audiences":[%s]}}""".formatted(token,
                audiences.length == 0 ? ""
                        : "\"" + String.join("\",\"", audiences) + "\""));
    }

    @Test
    void refusesTooShortALife() {
        account("brief");
        Reply reply = api.post(base + "/serviceaccounts/brief/token", """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
                 "spec":{"expirationSeconds":10}}""");
        assertThat(reply.code()).isEqualTo(422);
    }

    private boolean may(String token, String verb, String resource, String subresource) {
        String review = """
                {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview",
                 "spec":{"resourceAttributes":{"namespace":"%s","verb":"%s","resource":"%s",
                 "subresource":"%s"}}}""".formatted(namespace, verb, resource, subresource);
        return api.send("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "application/json", review.getBytes(), token)
                .body().at("/status/allowed").asBoolean();
    }

    private String account(String name) {
        api.post(base + "/serviceaccounts", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        Reply token = api.post(base + "/serviceaccounts/" + name + "/token", """
                {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
                 "spec":{"expirationSeconds":3600}}""");
        return token.text("/status/token");
    }

    private void role(String name, String[] verbs, String resource, String only) {
        String rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/" + namespace;
        String names = only.isEmpty() ? "" : ",\"resourceNames\":[\"" + only + "\"]";
        Reply role = api.post(rbac + "/roles", """
                {"metadata":{"name":"%s"},"rules":[{"apiGroups":[""],"resources":["%s"],
                 "verbs":["%s"]%s}]}""".formatted(
                        name, resource, String.join("\",\"", verbs), names));
        Reply binding = api.post(rbac + "/rolebindings", """
                {"metadata":{"name":"%1$s"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io",
                 "kind":"Role","name":"%1$s"},
                 "subjects":[{"kind":"ServiceAccount","name":"%1$s","namespace":"%2$s"}]}"""
                .formatted(name, namespace));
        assertThat(role.code() + binding.code()).isEqualTo(402);
    }

    private Reply as(String token, String method, String path) {
        return api.send(method, path, "", new byte[0], token);
    }
}
