package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;

/// Server-side apply, strategic merge patches, defaults and checks of workloads.
class ApplyContractTest {
    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String deployments = "/apis/apps/v1/namespaces/" + namespace + "/deployments";

    private static String deployment(String replicas, String image, String ports) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, labels: {app: web}}
                spec:
                  %s
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      containers:
                      - {name: web, image: '%s', ports: [%s]}
                """.formatted(replicas, image, ports);
    }

    @Test
    void createsAndThenChanges() {
        String port = "{containerPort: 80}";
        Reply made = api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", port));
        assertThat(made.code()).isEqualTo(201);
        assertThat(made.text("/metadata/managedFields/0/operation")).isEqualTo("Apply");
        Reply same = api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", port));
        assertThat(same.code()).isEqualTo(200);
        assertThat(same.text("/metadata/generation")).isEqualTo("1");
        Reply changed =
                api.apply(deployments + "/web", "one", deployment("replicas: 0", "b", port));
        assertThat(changed.text("/spec/template/spec/containers/0/image")).isEqualTo("b");
        assertThat(changed.text("/metadata/generation")).isEqualTo("2");
    }

    @Test
    void makesNothingAnewForWhoNamesTheUidOfWhatIsGone() {
        String maps = "/api/v1/namespaces/" + namespace + "/configmaps/one";
        String map = "{apiVersion: v1, kind: ConfigMap, metadata: {name: one%s}, data: {a: '%s'}}";
        Reply made = api.apply(maps, "one", map.formatted("", "1"));
        String named = ", uid: '%s', resourceVersion: '%s'".formatted(
                made.text("/metadata/uid"), made.text("/metadata/resourceVersion"));
        assertThat(api.apply(maps, "one", map.formatted(named, "2")).text("/data/a"))
                .isEqualTo("2");
        assertThat(api.apply(maps, "one", map.formatted(named, "3")).code()).isEqualTo(409);
        api.delete(maps, "");
        Reply late = api.apply(maps, "one", map.formatted(named, "4"));
        assertThat(late.code()).isEqualTo(409);
        assertThat(late.text("/reason")).isEqualTo("Conflict");
        assertThat(late.text("/message")).contains("uid mismatch");
        assertThat(api.get(maps).code()).isEqualTo(404);
    }

    @Test
    void removesWhatIsNoLongerApplied() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a",
                "{containerPort: 80}, {containerPort: 81}"));
        Reply less = api.apply(deployments + "/web", "one", deployment("replicas: 0", "a",
                "{containerPort: 81}"));
        assertThat(less.body().at("/spec/template/spec/containers/0/ports")).hasSize(1);
        assertThat(less.text("/spec/template/spec/containers/0/ports/0/containerPort"))
                .isEqualTo("81");
    }

    @Test
    void namesTheConflictAndYieldsToForce() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        String other = deployment("replicas: 1", "a", "").replace("ports: []", "");
        Reply conflict = api.apply(deployments + "/web", "two", other);
        assertThat(conflict.code()).isEqualTo(409);
        assertThat(conflict.text("/details/causes/0/reason")).isEqualTo("FieldManagerConflict");
        assertThat(conflict.text("/details/causes/0/field")).isEqualTo(".spec.replicas");
        assertThat(conflict.text("/message")).contains("conflict with \"one\"");
        Reply forced = api.apply(deployments + "/web?force=true", "two", other);
        assertThat(forced.code()).isEqualTo(200);
        assertThat(forced.text("/spec/replicas")).isEqualTo("1");
    }

    @Test
    void mergesListsByTheirKeysForTwoManagers() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        Reply both = api.apply(deployments + "/web", "two", """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec: {template: {spec: {containers: [{name: side, image: s}]}}}
                """);
        assertThat(both.code()).isEqualTo(200);
        assertThat(both.body().at("/spec/template/spec/containers")).hasSize(2);
        Reply gone = api.apply(deployments + "/web", "two", """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web, labels: {by: two}}
                """);
        assertThat(gone.body().at("/spec/template/spec/containers")).hasSize(1);
        assertThat(gone.text("/metadata/labels/by")).isEqualTo("two");
    }

    @Test
    void tellsAnUpdateFromAnApply() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        api.send("PATCH", deployments + "/web?fieldManager=scaler",
                "application/merge-patch+json", "{\"spec\":{\"replicas\":1}}");
        Reply conflict =
                api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        assertThat(conflict.code()).isEqualTo(409);
        assertThat(conflict.text("/message")).contains("\"scaler\" using apps/v1");
    }

    @Test
    void mergesContainersByNameInAStrategicPatch() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        Reply patched = api.send("PATCH", deployments + "/web",
                "application/strategic-merge-patch+json", """
                {"spec":{"template":{"spec":{"containers":[
                  {"name":"side","image":"s"},{"name":"web","image":"b"}]}}}}""");
        // Those of the patch stand in its order.
        assertThat(patched.body().at("/spec/template/spec/containers").findValuesAsText("image"))
                .containsExactly("s", "b");
        Reply removed = api.send("PATCH", deployments + "/web",
                "application/strategic-merge-patch+json", """
                {"spec":{"template":{"spec":{"containers":[
                  {"name":"side","$patch":"delete"}]}}}}""");
        assertThat(removed.body().at("/spec/template/spec/containers")).hasSize(1);
    }

    @Test
    void fillsInDefaults() {
        Reply made = api.apply(deployments + "/web", "one", deployment("", "nginx", ""));
        assertThat(made.text("/spec/replicas")).isEqualTo("1");
        assertThat(made.text("/spec/strategy/rollingUpdate/maxSurge")).isEqualTo("25%");
        assertThat(made.text("/spec/template/spec/restartPolicy")).isEqualTo("Always");
        assertThat(made.text("/spec/template/spec/containers/0/imagePullPolicy"))
                .isEqualTo("Always");
    }

    @Test
    void namesEveryBadFieldOfAWorkload() {
        Reply reply = api.send("POST", deployments, "application/yaml", """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: bad}
                spec:
                  replicas: -1
                  selector: {matchLabels: {app: one}}
                  template:
                    metadata: {labels: {app: two}}
                    spec:
                      restartPolicy: Never
                      containers: [{name: Web_1, image: ''}]
                """);
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.body().at("/details/causes").findValuesAsText("field")).contains(
                "spec.replicas", "spec.template.metadata.labels",
                "spec.template.spec.restartPolicy", "spec.template.spec.containers[0].name",
                "spec.template.spec.containers[0].image");
    }

    @Test
    void refusesAnotherSelectorForADeployment() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        Reply reply = api.send("PATCH", deployments + "/web", "application/merge-patch+json", """
                {"spec":{"selector":{"matchLabels":{"x":"y"}},
                 "template":{"metadata":{"labels":{"x":"y"}}}}}""");
        assertThat(reply.code()).isEqualTo(422);
        assertThat(reply.text("/details/causes/0/message")).contains("immutable");
    }

    @Test
    @Needs(version = 25)
    void refusesUnknownFieldsWhenStrict() {
        String body = deployment("replicaz: 1", "a", "");
        assertThat(api.send("POST", deployments + "?fieldValidation=Strict",
                "application/yaml", body).text("/message")).contains("spec.replicaz");
        assertThat(api.send("POST", deployments + "?fieldValidation=Ignore",
                "application/yaml", body).code()).isEqualTo(201);
    }

    @Test
    void scalesThroughTheSubresource() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        Reply scale = api.get(deployments + "/web/scale");
        assertThat(scale.text("/kind")).isEqualTo("Scale");
        assertThat(scale.text("/status/selector")).isEqualTo("app=web");
        api.send("PATCH", deployments + "/web/scale", "application/merge-patch+json",
                "{\"spec\":{\"replicas\":2}}");
        assertThat(api.get(deployments + "/web").text("/spec/replicas")).isEqualTo("2");
    }

    @Test
    void patchesTheScaleOfWhatOthersKeepWriting() throws Exception {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        Thread others = Thread.startVirtualThread(() -> {
            for (int i = 0; i < 200; i++) {
                patch("/web", "{\"metadata\":{\"annotations\":{\"turn\":\"%d\"}}}".formatted(i));
            }
        });
        for (int i = 0; i < 100; i++) {
            assertThat(patch("/web/scale", "{\"spec\":{\"replicas\":0}}").code()).isEqualTo(200);
        }
        others.join();
    }

    @Test
    void refusesAScaleOfAVersionThatHasPassed() {
        api.apply(deployments + "/web", "one", deployment("replicas: 0", "a", ""));
        Reply reply = patch("/web/scale",
                "{\"metadata\":{\"resourceVersion\":\"1\"},\"spec\":{\"replicas\":1}}");
        assertThat(reply.code()).isEqualTo(409);
    }

    private Reply patch(String path, String merge) {
        return api.send("PATCH", deployments + path, "application/merge-patch+json", merge);
    }
}
