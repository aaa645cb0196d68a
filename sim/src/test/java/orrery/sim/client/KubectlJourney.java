package orrery.sim.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.pty4j.PtyProcessBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import orrery.sim.Options;
import orrery.sim.Sim;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What people do with kubectl, from the first manifest to the last clean-up, done with the real
/// program on a simulated region.
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class KubectlJourney {
    @TempDir
    static Path folder;

    private final String version;
    private Sim sim;
    private Program kubectl;

    KubectlJourney(String version) {
        this.version = version;
    }

    @BeforeAll
    void start() {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1"), Clock.systemUTC(),
                new SecureRandom());
        kubectl = Program.kubectl(version, sim.kubeconfig(), folder);
    }

    @AfterAll
    void stop() {
        sim.close();
    }

    /// A namespace of the test's own.
    private String room(String name) throws Exception {
        kubectl.good("create", "namespace", name);
        return "--namespace=" + name;
    }

    private static String web(int replicas) {
        return """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: web}
                spec:
                  replicas: %d
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec:
                      containers:
                      - name: web
                        image: sim-echo:1
                        ports: [{containerPort: 8080}]
                        resources: {requests: {cpu: 100m, memory: 32Mi}}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
                """.formatted(replicas);
    }

    @Test
    void rollsOutScalesAndRollsBack() throws Exception {
        var room = room("rollout");
        assertThat(kubectl.manifest(web(2), "apply", room, "-f", "-"))
                .contains("deployment.apps/web created", "service/web created");
        assertThat(kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s"))
                .contains("successfully rolled out");
        assertThat(kubectl.good("get", room, "deploy", "web"))
                .containsPattern("web +2/2 +2 +2");
        assertThat(kubectl.good("scale", room, "deploy/web", "--replicas=3")).contains("scaled");
        kubectl.good("wait", room, "--for=jsonpath={.status.readyReplicas}=3", "deploy/web",
                "--timeout=120s");
        kubectl.good("set", "image", room, "deploy/web", "web=sim-echo:2");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        assertThat(kubectl.good("rollout", "history", room, "deploy/web"))
                .contains("1 ", "2 ");
        assertThat(kubectl.good("rollout", "undo", room, "deploy/web")).contains("rolled back");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        assertThat(kubectl.good("get", room, "deploy", "web", "-o",
                "jsonpath={..template.spec.containers[0].image}")).isEqualTo("sim-echo:1");
        kubectl.good("rollout", "restart", room, "deploy/web");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        assertThat(kubectl.good("get", room, "all")).contains("pod/web-", "service/web",
                "deployment.apps/web", "replicaset.apps/web-");
        assertThat(kubectl.good("delete", room, "deploy,svc", "web", "--timeout=120s"))
                .contains("deleted");
        kubectl.good("wait", room, "--for=delete", "pod", "-l", "app=web", "--timeout=120s");
        assertThat(kubectl.good("get", room, "pods", "-o", "name")).isEmpty();
    }

    @Test
    void doesWhatOneDoesEveryDay() throws Exception {
        var room = room("daily");
        kubectl.manifest(web(1), "apply", room, "-f", "-");
        assertThat(kubectl.good("explain", "hpa.spec", "--recursive")).contains("maxReplicas");
        assertThat(kubectl.good("explain", "clusterdeployment.spec")).contains("propagate");
        kubectl.good("autoscale", room, "deploy", "web", "--max=3");
        assertThat(kubectl.good("get", room, "horizontalpodautoscalers.v1.autoscaling", "web",
                "-o", "jsonpath={.spec.targetCPUUtilizationPercentage}")).isEqualTo("80");
        kubectl.good("wait", room, "--for=create", "pod", "-l", "app=web", "--timeout=120s");
        var pod = kubectl.good("get", room, "pods", "-o", "name").lines().findFirst().orElseThrow();
        assertThat(kubectl.run("debug", room, pod, "--image=busybox", "--", "true").errors())
                .contains("ephemeral containers are disabled", "use kubectl exec");
        kubectl.manifest(web(2), "replace", room, "--force", "-f", "-");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        assertThat(kubectl.good("events", room)).contains("ScalingReplicaSet");
    }

    @Test
    void describesWhatItMade() throws Exception {
        var room = room("describe");
        kubectl.manifest(web(1), "apply", room, "-f", "-");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        assertThat(kubectl.good("describe", room, "deploy", "web"))
                .contains("NewReplicaSet:   web-", "MinimumReplicasAvailable", "ScalingReplicaSet");
        assertThat(kubectl.good("describe", room, "pod", "-l", "app=web"))
                .contains("Successfully assigned describe/web-", "Started container web")
                .containsPattern("QoS Class: +Burstable").containsPattern("cpu: +100m");
        assertThat(kubectl.good("describe", room, "svc", "web")).containsPattern(
                "Endpoints: +10\\.\\d+\\.\\d+\\.\\d+:8080");
        var node = kubectl.good("get", room, "pods", "-o", "jsonpath={.items[0].spec.nodeName}");
        assertThat(kubectl.good("describe", "node", node)).contains("Allocated resources",
                "KubeletReady").containsPattern("describe +web-\\S+ +100m");
        assertThat(kubectl.good("get", "events", room,
                "--field-selector=involvedObject.kind=Deployment,reason=ScalingReplicaSet"))
                .contains("deployment/web").doesNotContain("pod/");
        assertThat(kubectl.good("events", room, "--for=deployment/web"))
                .contains("ScalingReplicaSet");
        assertThat(kubectl.good("describe", "namespace", "describe")).contains("Active");
    }

    @Test
    void editsThroughAnEditor() throws Exception {
        var room = room("edit");
        kubectl.manifest(web(1), "apply", room, "-f", "-");
        var editor = Files.writeString(folder.resolve("editor"),
                "#!/bin/sh\nsed -i 's/replicas: 1$/replicas: 0/; s/sim-echo:1/sim-echo:9/' $1\n");
        Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwx------"));
        assertThat(kubectl.with("KUBE_EDITOR", editor.toString())
                .good("edit", room, "deploy", "web")).contains("deployment.apps/web edited");
        assertThat(kubectl.good("get", room, "deploy", "web", "-o",
                "jsonpath={.spec.replicas} {..containers[0].image}")).isEqualTo("0 sim-echo:9");
        var broken = Files.writeString(folder.resolve("broken"),
                "#!/bin/sh\nsed -i 's/replicas: 0$/replicas: many/' $1\n");
        Files.setPosixFilePermissions(broken, PosixFilePermissions.fromString("rwx------"));
        var refused = kubectl.with("KUBE_EDITOR", broken.toString())
                .run("edit", room, "deploy", "web");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.errors()).contains("spec.replicas");
    }

    @Test
    void comparesAndTakesOverFields() throws Exception {
        var room = room("fields");
        kubectl.manifest(web(1), "apply", room, "-f", "-");
        var diff = kubectl.feed(web(4).getBytes(StandardCharsets.UTF_8), "diff", room, "-f", "-");
        assertThat(diff.code()).isEqualTo(1);
        assertThat(diff.output()).contains("-  replicas: 1", "+  replicas: 4");
        kubectl.good("scale", room, "deploy/web", "--replicas=2");
        var yaml = web(5).getBytes(StandardCharsets.UTF_8);
        var conflict = kubectl.feed(yaml, "apply", room, "--server-side", "-f", "-",
                "--field-manager=me");
        assertThat(conflict.code()).isEqualTo(1);
        assertThat(conflict.errors()).contains("conflict", ".spec.replicas");
        assertThat(kubectl.manifest(web(5), "apply", room, "--server-side", "-f", "-",
                "--field-manager=me", "--force-conflicts"))
                .contains("deployment.apps/web serverside-applied");
        assertThat(kubectl.good("get", room, "deploy", "web", "--show-managed-fields", "-o",
                "jsonpath={.metadata.managedFields[?(@.manager=='me')].operation}"))
                .isEqualTo("Apply");
        assertThat(kubectl.manifest(web(6), "apply", room, "--dry-run=server", "-f", "-"))
                .contains("server dry run");
        assertThat(kubectl.good("get", room, "deploy", "web", "-o",
                "jsonpath={.spec.replicas}")).isEqualTo("5");
        assertThat(kubectl.good("patch", room, "deploy", "web", "--type=json",
                "-p=[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":0}]"))
                .contains("patched");
    }

    @Test
    void tellsOfFieldsThatNobodyKnows() throws Exception {
        var room = room("unknown");
        var yaml = """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: odd, colour: red}
                datum: {a: "1"}
                """;
        var refused = kubectl.feed(yaml.getBytes(StandardCharsets.UTF_8),
                "create", room, "-f", "-");
        assertThat(refused.code()).isOne();
        assertThat(refused.errors()).contains("strict decoding error",
                "unknown field \"datum\"", "unknown field \"metadata.colour\"");
        var warned = kubectl.feed(yaml.getBytes(StandardCharsets.UTF_8),
                "create", room, "--validate=warn", "-f", "-");
        assertThat(warned.code()).isZero();
        assertThat(warned.errors()).contains("Warning: unknown field \"datum\"",
                "Warning: unknown field \"metadata.colour\"");
        var silent = kubectl.feed(yaml.replace("odd", "even").getBytes(StandardCharsets.UTF_8),
                "create", room, "--validate=false", "-f", "-");
        assertThat(silent.errors()).isEmpty();
    }

    @Test
    void tellsWhatOneMayDo() throws Exception {
        var room = room("access");
        assertThat(kubectl.good("auth", "whoami")).contains("system:masters");
        assertThat(kubectl.good("auth", "can-i", "delete", "nodes")).isEqualTo("yes\n");
        kubectl.good("create", room, "serviceaccount", "bob");
        kubectl.good("create", room, "role", "reader", "--verb=get,list", "--resource=pods");
        kubectl.good("create", room, "rolebinding", "bob", "--role=reader",
                "--serviceaccount=access:bob");
        var bob = "--as=system:serviceaccount:access:bob";
        assertThat(kubectl.good("auth", "can-i", room, bob, "list", "pods")).isEqualTo("yes\n");
        assertThat(kubectl.run("auth", "can-i", room, bob, "create", "pods").code()).isOne();
        assertThat(kubectl.good("auth", "can-i", room, bob, "--list"))
                .containsPattern("pods +\\[\\] +\\[\\] +\\[get list\\]");
        assertThat(kubectl.run("get", room, bob, "secrets").errors())
                .contains("cannot list resource \"secrets\"");
        assertThat(kubectl.good("create", "token", room, "bob", "--duration=20m"))
                .startsWith("eyJ");
    }

    /// A pod with a shell, ready to be used; the test ends where the host allows no sandbox.
    private void box(String room) throws Exception {
        Assumptions.assumeTrue(sim.allowsSandboxes(), sim.sandbox());
        kubectl.manifest("""
                apiVersion: v1
                kind: Pod
                metadata: {name: box}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: box
                    image: busybox
                    command: [sh, -c, "i=0; while true; do echo tick; sleep 0.2; done"]
                """, "apply", room, "-f", "-");
        kubectl.good("wait", room, "--for=condition=Ready", "pod/box", "--timeout=120s");
    }

    @Test
    void worksInsideAContainer() throws Exception {
        var room = room("inside");
        box(room);
        var follower = kubectl.start("logs", room, "-f", "box", "--tail=1");
        try (var lines = follower.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("tick");
            assertThat(lines.readLine()).isEqualTo("tick");
        } finally {
            follower.destroy();
        }
        var failed = kubectl.run("exec", room, "box", "--", "sh", "-c", "echo no >&2; exit 5");
        assertThat(failed.code()).isEqualTo(5);
        assertThat(failed.errors()).contains("no\n");
        assertThat(kubectl.feed("abc".getBytes(StandardCharsets.UTF_8),
                "exec", room, "-i", "box", "--", "cat").output()).isEqualTo("abc");
        var data = new byte[100_003];
        new Random(7).nextBytes(data);
        var there = Files.write(folder.resolve("there"), data);
        var back = folder.resolve("back");
        kubectl.good("cp", room, there.toString(), "box:/tmp/blob");
        kubectl.good("cp", room, "box:/tmp/blob", back.toString());
        assertThat(back).hasBinaryContent(data);
        terminal(room);
    }

    private void terminal(String room) throws IOException, InterruptedException {
        var surroundings = new HashMap<>(Map.of("TERM", "xterm"));
        surroundings.putAll(kubectl.surroundings());
        var process = new PtyProcessBuilder(kubectl.line("exec", room, "-it", "box", "--", "sh",
                "-c", "tty; read -r word; echo got $word; exit 3").toArray(String[]::new))
                .setEnvironment(surroundings).start();
        var said = new ByteArrayOutputStream();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                process.getInputStream().transferTo(said);
            } catch (IOException ended) {
                said.writeBytes("[ended]".getBytes(StandardCharsets.UTF_8));
            }
        });
        await().atMost(Duration.ofSeconds(120)).until(() -> said.toString().contains("/dev/"));
        process.getOutputStream().write("word\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(3);
        await().atMost(Duration.ofSeconds(60)).until(() -> said.toString().contains("got word"));
    }

    @Test
    void forwardsAPort() throws Exception {
        var room = room("ports");
        box(room);
        kubectl.manifest(web(1), "apply", room, "-f", "-");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        var forward = kubectl.start("port-forward", room, "svc/web", ":80");
        try (var out = forward.inputReader(); var http = HttpClient.newHttpClient()) {
            var address = out.readLine().split(" ")[2];
            var answer = http.send(HttpRequest.newBuilder(URI.create("http://" + address + "/hi"))
                    .timeout(Duration.ofSeconds(60)).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).contains("GET /hi HTTP/1.1");
        } finally {
            forward.destroy();
        }
    }

    @Test
    void runsJobs() throws Exception {
        var room = room("jobs");
        box(room);
        kubectl.good("create", room, "job", "once", "--image=busybox", "--", "sh", "-c",
                "echo worked");
        kubectl.good("wait", room, "--for=condition=complete", "job/once", "--timeout=120s");
        assertThat(kubectl.good("logs", room, "job/once")).isEqualTo("worked\n");
        assertThat(kubectl.good("get", room, "jobs")).containsPattern("once +Complete +1/1");
        kubectl.good("create", room, "cronjob", "nightly", "--image=busybox",
                "--schedule=0 3 * * *", "--", "true");
        kubectl.good("create", room, "job", "early", "--from=cronjob/nightly");
        kubectl.good("wait", room, "--for=condition=complete", "job/early", "--timeout=120s");
    }

    @Test
    void replacesADeletedPodUntilAllIsGone() throws Exception {
        var room = room("gone");
        kubectl.manifest(web(1), "apply", room, "-f", "-");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        kubectl.good("label", room, "deploy", "web", "tier=front");
        assertThat(kubectl.good("get", room, "deploy", "-l", "tier in (front)", "-o", "name"))
                .isEqualTo("deployment.apps/web\n");
        var first = kubectl.good("get", room, "pods", "-o", "name");
        assertThat(kubectl.good("delete", room, first.strip(), "--grace-period=1",
                "--timeout=120s")).contains("deleted");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
        assertThat(kubectl.good("get", room, "pods", "-o", "name")).isNotEqualTo(first);
        assertThat(kubectl.good("delete", "namespace", "gone", "--timeout=120s"))
                .contains("deleted");
        assertThat(kubectl.run("get", "namespace", "gone").errors()).contains("not found");
    }

    /// A workload whose pods say what they use: half as much again as was asked for.
    private void busy(String room, int replicas) throws Exception {
        kubectl.manifest(web(replicas).replace("metadata: {labels: {app: web}}",
                "metadata: {labels: {app: web}, annotations: {orrery.dev/usage-cpu: 150m,"
                        + " orrery.dev/usage-memory: 48Mi}}"), "apply", room, "-f", "-");
        kubectl.good("rollout", "status", room, "deploy/web", "--timeout=120s");
    }

    @Test
    void showsWhatIsUsed() throws Exception {
        var room = room("top");
        busy(room, 2);
        assertThat(kubectl.good("top", "pods", room)).containsPattern("web-\\S+ +150m +48Mi");
        assertThat(kubectl.good("top", "pods", room, "--sum", "--containers"))
                .containsPattern("web-\\S+ +web +150m").containsPattern("300m +96Mi");
        assertThat(kubectl.good("top", "nodes")).containsPattern("sim1-0 +\\d+m +\\d+% +\\d+Mi");
    }

    @Test
    void scalesByUse() throws Exception {
        var room = room("autoscale");
        busy(room, 2);
        if (version.equals("1.32")) {
            // This one's `autoscale` speaks the version before, which is not served.
            kubectl.manifest("""
                    apiVersion: autoscaling/v2
                    kind: HorizontalPodAutoscaler
                    metadata: {name: web}
                    spec:
                      scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
                      maxReplicas: 3
                      metrics:
                      - type: Resource
                        resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
                    """, "apply", room, "-f", "-");
        } else {
            kubectl.good("autoscale", room, "deploy/web", "--min=1", "--max=3", "--cpu=50%");
        }
        kubectl.good("wait", room, "--for=jsonpath={.status.desiredReplicas}=3", "hpa/web",
                "--timeout=120s");
        assertThat(kubectl.good("get", room, "hpa")).containsPattern(
                "web +Deployment/web +cpu: 150%/50% +1 +3 +2");
        assertThat(kubectl.good("describe", room, "hpa", "web"))
                .contains("ScalingLimited  True    TooManyReplicas", "SuccessfulRescale");
        kubectl.good("wait", room, "--for=jsonpath={.status.readyReplicas}=3", "deploy/web",
                "--timeout=120s");
    }

    @Test
    void bindsANamespace() throws Exception {
        var room = room("bound");
        kubectl.good("create", room, "quota", "small", "--hard=pods=1,count/configmaps=9");
        kubectl.good("wait", room, "--for=jsonpath={.status.used.pods}=0", "quota/small",
                "--timeout=120s");
        kubectl.manifest(web(2), "apply", room, "-f", "-");
        kubectl.good("wait", room, "--for=jsonpath={.status.used.pods}=1", "quota/small",
                "--timeout=120s");
        assertThat(kubectl.good("get", room, "quota")).contains("pods: 1/1");
        assertThat(kubectl.good("describe", room, "quota", "small"))
                .containsPattern("pods +1 +1\n");
        kubectl.good("wait", room, "--for=jsonpath={.status.replicas}=1", "rs", "-l", "app=web",
                "--timeout=120s");
        assertThat(kubectl.good("get", "events", room, "--field-selector=reason=FailedCreate"))
                .contains("exceeded quota: small, requested: pods=1, used: pods=1");
    }

    @Test
    void emptiesANodeAsFarAsTheBudgetAllows() throws Exception {
        var room = room("drain");
        kubectl.manifest("""
                apiVersion: v1
                kind: Node
                metadata: {name: spare-%s, labels: {only: drain}}
                """.formatted(version), "create", "-f", "-");
        kubectl.good("cordon", "spare-" + version);
        assertThat(kubectl.good("get", "node", "spare-" + version))
                .contains("SchedulingDisabled");
        kubectl.manifest("""
                apiVersion: v1
                kind: Pod
                metadata: {name: held, labels: {app: held}}
                spec:
                  nodeName: spare-%s
                  containers: [{name: web, image: nginx}]
                """.formatted(version), "apply", room, "-f", "-");
        kubectl.good("wait", room, "--for=condition=Ready", "pod/held", "--timeout=120s");
        kubectl.good("create", room, "pdb", "held", "--selector=app=held", "--min-available=1");
        kubectl.good("wait", room, "--for=jsonpath={.status.currentHealthy}=1", "pdb/held",
                "--timeout=120s");
        assertThat(kubectl.good("get", room, "pdb")).containsPattern("held +1 +N/A +0");
        // It tries again every five seconds, until the budget is gone.
        var drain = kubectl.start("drain", "spare-" + version, "--force");
        try (var errors = drain.errorReader()) {
            assertThat(errors.lines().filter(line -> line.contains("disruption budget"))
                    .findFirst()).isPresent();
            kubectl.good("delete", room, "pdb", "held");
            errors.transferTo(Writer.nullWriter());
        }
        assertThat(drain.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(drain.exitValue()).isZero();
        assertThat(kubectl.run("get", room, "pod", "held").errors()).contains("not found");
        kubectl.good("delete", "node", "spare-" + version);
    }

    @Test
    void givesAddressesToWhatIsReachedFromOutside() throws Exception {
        var room = room("outside");
        kubectl.good("create", room, "ingress", "shop", "--class=any",
                "--rule=shop.example.com/*=web:80");
        kubectl.good("create", room, "service", "loadbalancer", "web", "--tcp=80:8080");
        for (var thing : new String[] {"ingress/shop", "service/web"}) {
            kubectl.good("wait", room, "--for=jsonpath={.status.loadBalancer.ingress[0].ip}",
                    thing, "--timeout=120s");
        }
        assertThat(kubectl.good("get", room, "ingress")).containsPattern(
                "shop +any +shop.example.com +10\\.\\d+\\.\\d+\\.\\d+ +80");
        assertThat(kubectl.good("describe", room, "ingress", "shop")).contains("web:80");
    }
}
