package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Evictions, and the PodDisruptionBudgets that hold them up.
class BudgetContractTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String base = "/api/v1/namespaces/" + namespace;
    private final String version = api.minor() < 22 ? "policy/v1beta1" : "policy/v1";
    private final String budgets =
            "/apis/" + version + "/namespaces/" + namespace + "/poddisruptionbudgets";

    @BeforeEach
    void awaitsPods() {
        api.awaitPods(namespace);
    }

    @Test
    void countsPodsAndHoldsEvictionsUp() {
        budget("b", "\"minAvailable\":1");
        pod("one");
        pod("two");
        awaitStatus("b", "disruptionsAllowed", 1);
        assertThat(status("b", "currentHealthy")).isEqualTo(2);
        assertThat(status("b", "desiredHealthy")).isEqualTo(1);
        assertThat(status("b", "expectedPods")).isEqualTo(2);
        assertThat(evict("one").code()).isEqualTo(201);
        awaitStatus("b", "expectedPods", 1);
        awaitStatus("b", "disruptionsAllowed", 0);
        Reply held = evict("two");
        assertThat(held.code()).isEqualTo(429);
        assertThat(held.reason()).isEqualTo("TooManyRequests");
        assertThat(held.text("/message"))
                .isEqualTo("Cannot evict pod as it would violate the pod's disruption budget.");
        assertThat(held.text("/details/causes/0/message"))
                .isEqualTo("The disruption budget b needs 1 healthy pods and has 1 currently");
        assertThat(api.get(base + "/pods/two").code()).isEqualTo(200);
        api.delete(budgets + "/b", "");
        assertThat(evict("two").code()).isEqualTo(201);
    }

    @Test
    void evictsWhatDoesNotRunYet() {
        budget("b", "\"minAvailable\":1");
        create("waiting");
        awaitStatus("b", "expectedPods", 1);
        assertThat(evict("waiting").code()).isEqualTo(201);
        assertThat(api.get(base + "/pods/waiting").code()).isEqualTo(404);
        assertThat(evict("waiting").code()).isEqualTo(404);
    }

    @Test
    void refusesTwoBudgetsForOnePod() {
        budget("a", "\"minAvailable\":0");
        budget("b", "\"minAvailable\":0");
        pod("one");
        Reply reply = evict("one");
        assertThat(reply.code()).isEqualTo(500);
        assertThat(reply.text("/message")).isEqualTo("This pod has more than one"
                + " PodDisruptionBudget, which the eviction subresource does not support.");
    }

    @Test
    void refusesAnEvictionOfAnotherName() {
        create("one");
        Reply reply = api.post(base + "/pods/one/eviction", eviction("other"));
        assertThat(reply.code()).isEqualTo(400);
        assertThat(reply.text("/message"))
                .isEqualTo("name in URL does not match name in Eviction object");
    }

    @Test
    void refusesABudgetThatMakesNoSense() {
        assertThat(make("both", "\"minAvailable\":1,\"maxUnavailable\":1").code()).isEqualTo(422);
        assertThat(make("share", "\"minAvailable\":\"many\"").code()).isEqualTo(422);
        assertThat(make("over", "\"minAvailable\":\"101%\"").code()).isEqualTo(422);
        assertThat(make("less", "\"maxUnavailable\":-1").code()).isEqualTo(422);
        assertThat(make("good", "\"maxUnavailable\":\"50%\"").code()).isEqualTo(201);
    }

    private Reply make(String name, String bounds) {
        return api.post(budgets, """
                {"metadata":{"name":"%s"},
                 "spec":{%s,"selector":{"matchLabels":{"app":"x"}}}}""".formatted(name, bounds));
    }

    private void budget(String name, String bounds) {
        assertThat(make(name, bounds).code()).isEqualTo(201);
        await().atMost(PATIENCE).until(() -> api.get(budgets + "/" + name).body()
                .at("/status/observedGeneration").asInt() == 1);
    }

    private int status(String name, String field) {
        return api.get(budgets + "/" + name).body().path("status").path(field).asInt(-1);
    }

    private void awaitStatus(String name, String field, int value) {
        await().atMost(PATIENCE).until(() -> status(name, field) == value);
    }

    /// A pod that no scheduler takes.
    private void create(String name) {
        Reply made = api.post(base + "/pods", """
                {"metadata":{"name":"%s","labels":{"app":"x"}},"spec":{"schedulerName":"nobody",
                 "containers":[{"name":"c","image":"x"}]}}""".formatted(name));
        assertThat(made.code()).as("%s", made.body()).isEqualTo(201);
    }

    /// One that says it runs and is ready.
    private void pod(String name) {
        create(name);
        Reply running = api.send("PATCH", base + "/pods/" + name + "/status",
                "application/strategic-merge-patch+json", """
                {"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""");
        assertThat(running.code()).isEqualTo(200);
    }

    private Reply evict(String name) {
        return api.post(base + "/pods/" + name + "/eviction", eviction(name));
    }

    private String eviction(String name) {
        return """
                {"apiVersion":"%s","kind":"Eviction",
                 "metadata":{"name":"%s","namespace":"%s"}}""".formatted(version, name, namespace);
    }
}
