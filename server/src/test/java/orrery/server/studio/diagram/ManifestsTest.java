package orrery.server.studio.diagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import orrery.kit.Problem;

class ManifestsTest {
    private static JsonNode pod(JsonNode workload) {
        return workload.path("spec").path("template").path("spec");
    }

    private static JsonNode container(JsonNode workload) {
        return pod(workload).path("containers").path(0);
    }

    @Test
    void labelsEveryObjectAndSelectsByAppAlone() {
        JsonNode web = new Canvas().node("n1", "deployment",
                "{name: 'web', namespace: 'shop', image: ' nginx ', labels: {tier: 'true'}}")
                .object("Deployment");
        assertThat(web.at("/metadata/namespace").asText()).isEqualTo("shop");
        JsonNode labels = web.at("/metadata/labels");
        assertThat(labels.path("app").asText()).isEqualTo("web");
        assertThat(labels.path("app.kubernetes.io/name").asText()).isEqualTo("web");
        assertThat(labels.path("managed-by").asText()).isEqualTo("orrery");
        assertThat(labels.path("app.kubernetes.io/managed-by").asText()).isEqualTo("orrery");
        assertThat(labels.path("orrery.dev/diagram").asText()).isEqualTo("dia");
        assertThat(labels.path("tier").isTextual()).isTrue();
        assertThat(web.at("/spec/selector/matchLabels")).hasToString("{\"app\":\"web\"}");
        assertThat(web.at("/spec/template/metadata/labels/app").asText()).isEqualTo("web");
        assertThat(container(web).path("image").asText()).isEqualTo("nginx");
        assertThat(pod(web).path("enableServiceLinks").asBoolean(true)).isFalse();
        assertThat(pod(web).has("securityContext")).isFalse();
    }

    @Test
    void keepsZeroReplicasAndNumericEnvironment() {
        JsonNode web = new Canvas().node("123", "deployment",
                "{image: 'nginx', replicas: 0, env: {PORT: 8080, DEBUG: true, NONE: null,"
                        + " BIG: 12345678901234567}}").object("Deployment");
        assertThat(web.at("/spec/replicas").asInt(9)).isZero();
        assertThat(web.at("/metadata/name").isTextual()).isTrue();
        assertThat(container(web).path("env")).hasToString("[{\"name\":\"PORT\",\"value\":\"8080\"}"
                + ",{\"name\":\"DEBUG\",\"value\":\"true\"},{\"name\":\"NONE\",\"value\":\"\"}"
                + ",{\"name\":\"BIG\",\"value\":\"12345678901234567\"}]");
    }

    @Test
    void everyAdvertisedFieldOfADeploymentReachesThePod() {
        JsonNode web = new Canvas().node("web", "deployment", """
                {image: 'nginx', port: 8080, version: 'v2', imagePullPolicy: 'Always',
                 serviceAccountName: 'robot', command: ['sh'], args: ['-c', 'sleep 1'],
                 imagePullSecrets: ['a', {name: 'b'}],
                 resources: {requests: {cpu: 0.5, memory: '64Mi'}, limits: {cpu: '1'}},
                 livenessProbe: {httpGet: {path: '/', port: '8080'}, periodSeconds: '5'},
                 readinessProbe: {exec: {command: ['true']}},
                 volumeMounts: [
                   {type: 'emptyDir', name: 'tmp', mountPath: '/tmp', medium: 'Memory'},
                   {type: 'configMap', name: 'conf', mountPath: '/etc/conf'},
                   {type: 'secret', name: 'conf', mountPath: '/etc/secret', subPath: 'x'}],
                 securityContext: {runAsUser: 7, fsGroup: 8, capabilities: {add: ['NET_ADMIN']}}}
                """).object("Deployment");
        JsonNode main = container(web);
        assertThat(main.at("/ports/0/containerPort").asInt()).isEqualTo(8080);
        assertThat(main.at("/command/0").asText()).isEqualTo("sh");
        assertThat(main.at("/args/1").asText()).isEqualTo("sleep 1");
        assertThat(main.at("/imagePullPolicy").asText()).isEqualTo("Always");
        assertThat(main.at("/resources/requests/cpu").asText()).isEqualTo("0.5");
        assertThat(main.at("/resources/limits/cpu").asText()).isEqualTo("1");
        assertThat(main.at("/livenessProbe/httpGet/port").asInt()).isEqualTo(8080);
        assertThat(main.at("/livenessProbe/periodSeconds").isNumber()).isTrue();
        assertThat(main.at("/readinessProbe/exec/command/0").asText()).isEqualTo("true");
        assertThat(main.at("/volumeMounts")).hasSize(3);
        assertThat(main.at("/volumeMounts/2/subPath").asText()).isEqualTo("x");
        assertThat(main.at("/securityContext")).hasToString(
                "{\"runAsUser\":7,\"capabilities\":{\"add\":[\"NET_ADMIN\"]}}");
        assertThat(pod(web).at("/securityContext")).hasToString("{\"fsGroup\":8}");
        assertThat(pod(web).at("/volumes/0/emptyDir/medium").asText()).isEqualTo("Memory");
        assertThat(pod(web).at("/volumes/1/configMap/name").asText()).isEqualTo("conf");
        assertThat(pod(web).at("/volumes/2/secret/secretName").asText()).isEqualTo("conf");
        assertThat(pod(web).at("/volumes/1/name").asText())
                .isNotEqualTo(pod(web).at("/volumes/2/name").asText());
        assertThat(pod(web).at("/imagePullSecrets/1/name").asText()).isEqualTo("b");
        assertThat(pod(web).at("/serviceAccountName").asText()).isEqualTo("robot");
        assertThat(web.at("/spec/template/metadata/labels/version").asText()).isEqualTo("v2");
    }

    @Test
    void serviceTakesSelectorAndPortFromItsWorkloadWhicheverWayTheEdgeWasDrawn() {
        for (boolean forward : new boolean[] {true, false}) {
            JsonNode service = new Canvas()
                    .node("w", "deployment", "{name: 'web', image: 'nginx', port: 3000}")
                    .node("s", "service", "{name: 'front', port: 80}")
                    .edge(forward ? "s" : "w", forward ? "w" : "s").object("Service");
            assertThat(service.at("/spec/selector/app").asText()).isEqualTo("web");
            assertThat(service.at("/spec/ports/0/targetPort").asInt()).isEqualTo(3000);
        }
    }

    @Test
    void serviceKeepsEveryPortAndItsNodePort() {
        JsonNode service = new Canvas().node("s", "service", """
                {targetApp: 'dns', serviceType: 'NodePort', ports: [
                  {name: 'dns', port: 53, protocol: 'UDP', nodePort: 30053},
                  {port: 53}, {port: 80, targetPort: 'http'}]}""").object("Service");
        assertThat(service.at("/spec/ports")).hasSize(3);
        assertThat(service.at("/spec/ports/0/nodePort").asInt()).isEqualTo(30053);
        assertThat(service.at("/spec/ports/0/protocol").asText()).isEqualTo("UDP");
        assertThat(service.at("/spec/ports/1/name").asText()).isEqualTo("p53");
        assertThat(service.at("/spec/ports/2/targetPort").asText()).isEqualTo("http");
    }

    @Test
    void serviceMayBeHeadlessOrANameElsewhere() {
        JsonNode headless = new Canvas().node("s", "service", "{targetApp: 'a', headless: true}")
                .object("Service");
        assertThat(headless.at("/spec/clusterIP").asText()).isEqualTo("None");
        JsonNode elsewhere = new Canvas().node("s", "service",
                "{type: 'ExternalName', externalName: 'db.example.com'}").object("Service");
        assertThat(elsewhere.at("/spec/externalName").asText()).isEqualTo("db.example.com");
        assertThat(elsewhere.at("/spec").has("selector")).isFalse();
    }

    @Test
    void ingressTakesWildcardHostsAndFindsServicesByHandle() {
        JsonNode ingress = new Canvas()
                .node("a", "service", "{targetApp: 'a', port: 81}")
                .node("b", "service", "{targetApp: 'b', ports: [{port: 82}]}")
                .node("i", "ingress", """
                        {host: '*.example.com', ingressClassName: 'nginx', tlsEnabled: true,
                         tlsSecretName: 'cert', paths: [
                           {id: 'p1', path: '/', pathType: 'Prefix'},
                           {id: 'p2', path: '/b', pathType: 'Exact'}]}""")
                .edge("i", "p1", "a").edge("i", "p2", "b").object("Ingress");
        JsonNode rule = ingress.at("/spec/rules/0");
        assertThat(rule.path("host").asText()).isEqualTo("*.example.com");
        assertThat(rule.at("/http/paths/0/backend/service/name").asText()).isEqualTo("a");
        assertThat(rule.at("/http/paths/1/backend/service/name").asText()).isEqualTo("b");
        assertThat(rule.at("/http/paths/1/backend/service/port/number").asInt()).isEqualTo(82);
        assertThat(ingress.at("/spec/tls/0/hosts/0").asText()).isEqualTo("*.example.com");
    }

    @Test
    void statefulSetBringsItsHeadlessServiceUnlessDrawn() {
        Canvas canvas = new Canvas().node("db", "statefulset", """
                {image: 'postgres:17', port: 5432, volumeClaimTemplates:
                  [{name: 'data', storage: '1Gi', accessModes: ['ReadWriteOnce']}]}""");
        JsonNode headless = canvas.object("Service");
        assertThat(headless.at("/metadata/name").asText()).isEqualTo("db-headless");
        assertThat(headless.at("/spec/clusterIP").asText()).isEqualTo("None");
        assertThat(headless.at("/spec/ports/0/port").asInt()).isEqualTo(5432);
        JsonNode set = canvas.object("StatefulSet");
        assertThat(set.at("/spec/serviceName").asText()).isEqualTo("db-headless");
        assertThat(container(set).at("/volumeMounts/0/mountPath").asText()).isEqualTo("/data/data");
        assertThat(set.at("/spec/volumeClaimTemplates/0/spec/resources/requests/storage").asText())
                .isEqualTo("1Gi");
        canvas.node("s", "service", "{name: 'db-headless', targetApp: 'db', headless: true}");
        assertThat(canvas.object("Service").at("/metadata/annotations/orrery.dev~1node").asText())
                .isEqualTo("s");
    }

    @Test
    void jobsKeepZerosAndEveryField() {
        JsonNode job = new Canvas().node("j", "job", """
                {image: 'busybox', backoffLimit: 0, ttlSecondsAfterFinished: 0, completions: 2,
                 resources: {limits: {memory: '1Gi'}},
                 volumeMounts: [{type: 'persistentVolumeClaim', name: 'd', mountPath: '/d'}]}""")
                .object("Job");
        assertThat(job.at("/spec/backoffLimit").asInt(9)).isZero();
        assertThat(job.at("/spec/ttlSecondsAfterFinished").asInt(9)).isZero();
        assertThat(container(job).at("/resources/limits/memory").asText()).isEqualTo("1Gi");
        assertThat(pod(job).at("/volumes/0/persistentVolumeClaim/claimName").asText())
                .isEqualTo("d");
        assertThat(pod(job).at("/restartPolicy").asText()).isEqualTo("Never");
        JsonNode cron = new Canvas().node("c", "cronjob", """
                {image: 'busybox', schedule: '0 3 * * *', successfulJobsHistoryLimit: 0,
                 startingDeadlineSeconds: 30, suspend: true, labels: {a: 'b'}}""")
                .object("CronJob");
        assertThat(cron.at("/spec/successfulJobsHistoryLimit").asInt(9)).isZero();
        assertThat(cron.at("/spec/startingDeadlineSeconds").asInt()).isEqualTo(30);
        assertThat(cron.at("/spec/suspend").asBoolean()).isTrue();
        assertThat(cron.at("/spec/jobTemplate/spec/template/spec/restartPolicy").asText())
                .isEqualTo("OnFailure");
    }

    @Test
    void daemonSetKeepsTolerationsAndHostNetwork() {
        JsonNode set = new Canvas().node("d", "daemonset", """
                {image: 'agent', hostNetwork: true, nodeSelector: {disk: 'ssd'},
                 tolerations: [{operator: 'Exists'}], maxUnavailable: '25%',
                 securityContext: {privileged: true},
                 volumeMounts: [{type: 'hostPath', name: 'log', hostPath: '/var/log',
                   mountPath: '/log', readOnly: true}]}""").object("DaemonSet");
        assertThat(pod(set).at("/tolerations/0/operator").asText()).isEqualTo("Exists");
        assertThat(pod(set).at("/dnsPolicy").asText()).isEqualTo("ClusterFirstWithHostNet");
        assertThat(pod(set).at("/volumes/0/hostPath/path").asText()).isEqualTo("/var/log");
        assertThat(set.at("/spec/updateStrategy/rollingUpdate/maxUnavailable").asText())
                .isEqualTo("25%");
        assertThat(container(set).at("/securityContext/privileged").asBoolean()).isTrue();
    }

    @Test
    void configMapValuesAreTextsAndChangesReachThePod() {
        Canvas before = new Canvas().node("c", "configmap",
                "{name: 'conf', data: {a: 1, b: true, 'c.yaml': 'x: [1]\\n', _new_1: 'no'}}")
                .node("w", "deployment", "{image: 'nginx'}").edge("c", "w");
        assertThat(before.object("ConfigMap").path("data")).hasToString(
                "{\"a\":\"1\",\"b\":\"true\",\"c.yaml\":\"x: [1]\\n\"}");
        JsonNode web = before.object("Deployment");
        assertThat(container(web).at("/volumeMounts/0/mountPath").asText())
                .isEqualTo("/etc/config");
        JsonNode after = new Canvas().node("c", "configmap", "{name: 'conf', data: {a: 2}}")
                .node("w", "deployment", "{image: 'nginx'}").edge("w", "c").object("Deployment");
        String checksum = "/spec/template/metadata/annotations/orrery.dev~1config-checksum";
        assertThat(after.at(checksum).asText()).hasSize(32)
                .isNotEqualTo(web.at(checksum).asText());
    }

    @Test
    void secretsAreFilledByTheRunOrNamedAsUnfilled() {
        Canvas canvas = new Canvas()
                .node("s", "secret", "{name: 'keys', keys: [{id: 'k', name: 'K'}]}")
                .node("w", "deployment", "{image: 'nginx',"
                        + " envFrom: [{type: 'secret', name: 'old', nodeId: 's'}]}")
                .edge("s", "w");
        assertThat(canvas.draft().unfilled()).extracting(Node::id).containsExactly("s");
        Draft draft = canvas.draft(Map.of("s", Map.of("K", "pässword")),
                Map.of("w", Map.of("RUN", "1")));
        JsonNode secret = draft.manifests().getFirst().object();
        assertThat(secret.at("/data/K").asText()).isEqualTo("cMOkc3N3b3Jk");
        JsonNode web = container(draft.manifests().getLast().object());
        assertThat(web.at("/envFrom/0/secretRef/name").asText()).isEqualTo("keys");
        assertThat(web.has("volumeMounts")).isFalse();
        assertThat(web.at("/env/0/name").asText()).isEqualTo("RUN");
    }

    @Test
    void autoscalerFindsItsTargetAndOwnsTheReplicas() {
        Canvas canvas = new Canvas()
                .node("w", "deployment", "{name: 'web', image: 'nginx', replicas: 3}")
                .node("h", "hpa", "{maxReplicas: 5, targetCPUUtilization: 70}")
                .edge("h", "w");
        JsonNode autoscaler = canvas.object("HorizontalPodAutoscaler");
        assertThat(autoscaler.at("/spec/scaleTargetRef/name").asText()).isEqualTo("web");
        assertThat(autoscaler.at("/spec/metrics/0/resource/target/averageUtilization").asInt())
                .isEqualTo(70);
        assertThat(canvas.object("Deployment").path("spec").has("replicas")).isFalse();
    }

    @Test
    void networkPolicyKeepsItsRulesAndNeverAllowsAll() {
        JsonNode policy = new Canvas()
                .node("w", "deployment", "{name: 'db', image: 'nginx'}")
                .node("p", "networkpolicy", """
                        {policyTypes: ['Ingress', 'Egress'],
                         ingressRules: [{from: [{podSelector: {app: 'web'}},
                           {ipBlock: {cidr: '10.0.0.0/8', except: ['10.1.0.0/16']}}],
                           ports: [{port: '5432', protocol: 'TCP'}]}],
                         egressRules: [{to: [{namespaceSelector: {}}]}]}""")
                .edge("p", "w").object("NetworkPolicy");
        assertThat(policy.at("/spec/podSelector/matchLabels/app").asText()).isEqualTo("db");
        JsonNode rule = policy.at("/spec/ingress/0");
        assertThat(rule.at("/from/0/podSelector/matchLabels/app").asText()).isEqualTo("web");
        assertThat(rule.at("/from/1/ipBlock/except/0").asText()).isEqualTo("10.1.0.0/16");
        assertThat(rule.at("/ports/0/port").asInt()).isEqualTo(5432);
        assertThat(policy.at("/spec/egress/0/to/0").has("namespaceSelector")).isTrue();
        assertThat(new Canvas().node("p", "networkpolicy",
                "{policyTypes: ['Ingress'], ingressRules: [{from: []}, {from: [{type: 'x'}]}]}")
                .mistakes()).satisfiesExactly(
                        m -> assertThat(m).startsWith("p.ingressRules[0]: ").contains("everything"),
                        m -> assertThat(m).startsWith("p.ingressRules[1].from[0]: "));
    }

    @Test
    void pluginFieldsReachTheSpecByPath() {
        JsonNode topic = new Canvas().node("t", "kafka-topic", """
                {crdGroup: 'kafka.strimzi.io', crdVersion: 'v1beta2', crdKind: 'KafkaTopic',
                 partitions: '3', spec: {replicas: 1},
                 _pluginFields: [{id: 'name'}, {id: 'partitions', type: 'number'},
                   {id: 'days', path: 'config.retention', default: 7}]}""").object("KafkaTopic");
        assertThat(topic.path("apiVersion").asText()).isEqualTo("kafka.strimzi.io/v1beta2");
        assertThat(topic.path("spec")).hasToString(
                "{\"replicas\":1,\"partitions\":3,\"config\":{\"retention\":7}}");
    }

    @Test
    void namesAllProblemsWithNodeAndField() {
        Draft draft = new Canvas()
                .node("w", "deployment", "{name: 'Web_1', image: 'a b', replicas: 'many',"
                        + " port: 70000, resources: {limits: {memory: 'lots'}}}")
                .node("s", "service", "{port: 0}")
                .node("j", "job", "{image: 'x', backoffLimit: -1, restartPolicy: 'Always'}")
                .node("c", "cronjob", "{image: 'x', schedule: 'soon'}")
                .node("h", "hpa", "{maxReplicas: 1, minReplicas: 2}")
                .node("q", "quantum", "{}")
                .draft();
        assertThat(draft.mistakes()).extracting(m -> m.node() + "." + m.field())
                .containsExactlyInAnyOrder("w.name", "w.image", "w.replicas", "w.port",
                        "w.resources.limits.memory", "s.targetApp", "s.port", "j.backoffLimit",
                        "j.restartPolicy", "c.schedule", "h.minReplicas", "h.scaleTargetName",
                        "h.targetCPUUtilization", "q.type");
        assertThatThrownBy(draft::orRefuse).isInstanceOfSatisfying(Problem.Failure.class,
                f -> assertThat(((Problem.Invalid) f.problem()).mistakes()).hasSize(14));
    }

    @Test
    void valuesCannotBreakOutOfTheirPlace() {
        String hostile = "x\\n  hostNetwork: true\\n---\\nkind: Secret";
        JsonNode web = new Canvas().node("w", "deployment",
                "{image: 'nginx', env: {A: '" + hostile + "'}, args: ['" + hostile + "']}")
                .object("Deployment");
        assertThat(pod(web).has("hostNetwork")).isFalse();
        assertThat(container(web).at("/args/0").asText()).contains("hostNetwork: true");
        assertThat(new Canvas().node("w", "deployment", "{image: 'a', labels: {x: '"
                + hostile + "'}}").mistakes()).hasSize(1);
    }

    @Test
    void twoNodesCannotMakeTheSameObject() {
        assertThat(new Canvas().node("a", "configmap", "{name: 'c'}")
                .node("b", "configmap", "{name: 'c'}")
                .node("d", "configmap", "{name: 'c', namespace: 'other'}").mistakes())
                .singleElement().asString().startsWith("b.name: node 'a' makes the same ConfigMap");
    }

    @Test
    void olderClustersGetTheirOwnApiVersions() {
        Drawing diagram = new Canvas()
                .node("c", "cronjob", "{image: 'x', schedule: '@daily'}").diagram();
        Draft draft = Manifests.draft(diagram,
                new RunInput("d", ApiVersions.V1_20, Map.of(), Map.of()));
        assertThat(draft.manifests().getFirst().apiVersion()).isEqualTo("batch/v1beta1");
    }

    @Test
    void templateIdIsNoPath() {
        assertThat(new Canvas().node("w", "deployment", "{image: 'x', templateId: '../config'}")
                .mistakes()).isEmpty();
    }
}
