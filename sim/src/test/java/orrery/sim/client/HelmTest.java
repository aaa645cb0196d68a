package orrery.sim.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import orrery.sim.Options;
import orrery.sim.Sim;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The life of a release with the real Helm.
@Timeout(value = 900, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HelmTest {
    @TempDir
    static Path folder;

    private static Sim sim;
    private static Program helm;
    private static Program kubectl;
    private static String chart;

    @BeforeAll
    static void start() throws IOException {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1"), Clock.systemUTC(),
                new SecureRandom());
        helm = Program.helm(sim.kubeconfig(), folder);
        kubectl = Program.kubectl(sim.kubeconfig(), folder);
        chart = chart("shop");
    }

    @AfterAll
    static void stop() {
        sim.close();
    }

    /// A chart with a workload, a hook before and after, and a type of its own.
    private static String chart(String name) throws IOException {
        var chart = Files.createDirectories(folder.resolve(name));
        var templates = Files.createDirectories(chart.resolve("templates"));
        Files.writeString(chart.resolve("Chart.yaml"), """
                apiVersion: v2
                name: shop
                version: 1.2.3
                """);
        Files.writeString(chart.resolve("values.yaml"), "color: red\nreplicas: 1\nexit: 0\n");
        Files.writeString(templates.resolve("web.yaml"), """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: "{{ .Release.Name }}"}
                data:
                  color: "{{ .Values.color }}"
                  cluster: "{{ .Capabilities.KubeVersion.Version }}"
                  known: "{{ lookup "v1" "Namespace" "" "default" | dig "kind" "" }}"
                ---
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: "{{ .Release.Name }}"}
                spec:
                  replicas: {{ .Values.replicas }}
                  selector: {matchLabels: {app: shop}}
                  template:
                    metadata: {labels: {app: shop, color: "{{ .Values.color }}"}}
                    spec: {containers: [{name: web, image: nginx}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: "{{ .Release.Name }}"}
                spec: {selector: {app: shop}, ports: [{port: 80}]}
                """);
        for (var hook : new String[] {"pre-install", "post-upgrade"}) {
            Files.writeString(templates.resolve(hook + ".yaml"), """
                    apiVersion: batch/v1
                    kind: Job
                    metadata:
                      name: "{{ .Release.Name }}-%1$s"
                      annotations:
                        helm.sh/hook: %1$s
                        helm.sh/hook-delete-policy: before-hook-creation
                    spec:
                      backoffLimit: 0
                      template:
                        spec:
                          restartPolicy: Never
                          containers:
                          - {name: hook, image: sim-exit, args: ["{{ .Values.exit }}"]}
                    """.formatted(hook));
        }
        return chart.toString();
    }

    @Test
    void installsUpgradesRollsBackAndUninstalls() throws Exception {
        assertThat(helm.good("install", "one", chart, "--wait", "--timeout=180s"))
                .contains("STATUS: deployed");
        assertThat(color("one")).isEqualTo("red");
        assertThat(kubectl.good("get", "cm", "one", "-o", "jsonpath={.data.known}"))
                .isEqualTo("Namespace");
        assertThat(kubectl.good("get", "job", "one-pre-install", "-o",
                "jsonpath={.status.succeeded}")).isEqualTo("1");
        assertThat(helm.good("list")).contains("one").contains("shop-1.2.3");
        assertThat(helm.good("upgrade", "one", chart, "--set=color=blue,replicas=2", "--wait",
                "--timeout=180s")).contains("has been upgraded");
        assertThat(color("one")).isEqualTo("blue");
        assertThat(kubectl.good("get", "deploy", "one")).containsPattern("one +2/2");
        assertThat(kubectl.good("get", "job", "one-post-upgrade", "-o",
                "jsonpath={.status.succeeded}")).isEqualTo("1");
        assertThat(helm.good("get", "values", "one")).contains("color: blue");
        assertThat(helm.good("rollback", "one", "1", "--wait", "--timeout=180s"))
                .contains("Rollback was a success");
        assertThat(color("one")).isEqualTo("red");
        assertThat(helm.good("history", "one")).contains("superseded").contains("Rollback to 1");
        assertThat(helm.good("status", "one")).contains("REVISION: 3");
        assertThat(helm.good("uninstall", "one", "--wait", "--timeout=180s"))
                .contains("uninstalled");
        assertThat(kubectl.run("get", "deploy", "one").errors()).contains("not found");
        assertThat(helm.good("list", "--filter=^one$")).doesNotContain("shop");
    }

    @Test
    void tellsOfAHookThatFails() throws Exception {
        var said = helm.run("install", "two", chart, "--set=exit=3", "--wait", "--timeout=120s");
        assertThat(said.code()).isOne();
        assertThat(said.errors()).contains("pre-install");
        assertThat(helm.good("status", "two")).contains("STATUS: failed");
        assertThat(helm.good("upgrade", "two", chart, "--set=exit=0", "--wait", "--timeout=180s"))
                .contains("STATUS: deployed");
    }

    @Test
    void warnsOfFieldsThatAreTakenByOthers() throws Exception {
        helm.good("install", "three", chart, "--wait", "--timeout=180s");
        kubectl.good("patch", "cm", "three", "-p", "{\"data\":{\"color\":\"green\"}}");
        var said = helm.run("upgrade", "three", chart, "--set=color=blue", "--timeout=180s");
        assertThat(said.errors()).contains("conflict").contains(".data.color");
        assertThat(helm.good("upgrade", "three", chart, "--set=color=blue", "--force-conflicts",
                "--timeout=180s")).contains("has been upgraded");
        assertThat(color("three")).isEqualTo("blue");
    }

    private static String color(String release) throws Exception {
        return kubectl.good("get", "cm", release, "-o", "jsonpath={.data.color}");
    }
}
