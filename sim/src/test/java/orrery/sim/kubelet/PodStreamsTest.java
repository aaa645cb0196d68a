package orrery.sim.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.pty4j.PtyProcessBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.client.Program;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PodStreamsTest {
    @TempDir static Path folder;
    private static Sim sim;
    private static Program kubectl;
    private static KubernetesClient client;

    @BeforeAll
    static void start() throws Exception {
        sim = Sim.start(new Options(folder.resolve("data"), 0, "127.0.0.1"), Clock.systemUTC(),
                new SecureRandom());
        kubectl = Program.kubectl(sim.kubeconfig(), folder);
        client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(Files.readString(sim.kubeconfig()))).build();
        apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: keys}
                stringData: {key: open sesame}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: box}
                spec:
                  terminationGracePeriodSeconds: 2
                  volumes: [{name: keys, secret: {secretName: keys}}]
                  containers:
                  - name: box
                    image: busybox:1.36
                    command: [sh, -c]
                    args:
                    - |
                      for i in 1 2 3; do echo line $i of $(NAME); done
                      while true; do sleep 0.2; echo tick; done
                    env: [{name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
                    volumeMounts: [{name: keys, mountPath: /keys}]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: stand}
                spec: {containers: [{name: web, image: "nginx:1.27"}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: crash}
                spec:
                  containers:
                  - {name: crash, image: busybox, command: [sh, -c, "echo start; exit 4"]}
                """);
        Assumptions.assumeTrue(sim.allowsSandboxes(), sim.sandbox());
        var ready = kubectl.run("wait", "--for=condition=Ready", "pod/box", "pod/stand",
                "--timeout=120s");
        assertThat(ready.code()).as(ready.errors()).isZero();
    }

    @AfterAll
    static void stop() {
        // Where there is no kubectl, the start ended before there was a client.
        if (client != null) {
            client.close();
        }
        sim.close();
    }

    private static void apply(String yaml) throws Exception {
        var said = kubectl.feed(yaml.getBytes(StandardCharsets.UTF_8), "apply", "-f", "-");
        assertThat(said.code()).as(said.errors()).isZero();
    }

    @Test
    void execTellsOutputErrorsAndExitCode() throws Exception {
        var said = kubectl.run("exec", "box", "--", "sh", "-c",
                "cat /keys/key; echo oops >&2; exit 3");
        assertThat(said.output()).isEqualTo("open sesame");
        assertThat(said.errors()).contains("oops").contains("exit code 3");
        assertThat(said.code()).isEqualTo(3);
    }

    @Test
    void execCarriesInputToItsEnd() throws Exception {
        var data = new byte[2_000_003];
        new Random(3).nextBytes(data);
        var said = kubectl.feed(data, "exec", "-i", "stand", "--", "wc", "-c");
        assertThat(said.output().strip()).isEqualTo("2000003");
    }

    @Test
    void copiesFilesByteForByte() throws Exception {
        var data = new byte[4_000_001];
        new Random(4).nextBytes(data);
        var there = Files.write(folder.resolve("there"), data);
        var back = folder.resolve("back");
        assertThat(kubectl.run("cp", there.toString(), "stand:/tmp/blob").code()).isZero();
        assertThat(kubectl.run("cp", "stand:/tmp/blob", back.toString()).code()).isZero();
        assertThat(back).hasBinaryContent(data);
    }

    @Test
    void givesARealTerminal() throws Exception {
        var process = new PtyProcessBuilder(
                kubectl.line("exec", "-it", "stand", "--", "sh").toArray(String[]::new))
                .setEnvironment(Map.of("HOME", folder.toString(), "TERM", "xterm"))
                .setInitialColumns(101).setInitialRows(33).start();
        var said = new ByteArrayOutputStream();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                process.getInputStream().transferTo(said);
            } catch (IOException ended) {
                said.writeBytes("[ended]".getBytes(StandardCharsets.UTF_8));
            }
        });
        await().atMost(Duration.ofSeconds(60)).until(() -> said.toString().contains("#"));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            process.getOutputStream().write("stty size\n".getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            TimeUnit.MILLISECONDS.sleep(300);
            return said.toString().contains("33 101");
        });
        process.getOutputStream().write("echo gr\u00fc\u00dfe; exit 9\n".getBytes(
                StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(9);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("\ngr\u00fc\u00dfe");
    }

    @Test
    void showsLogsAsTheyAreWritten() throws Exception {
        assertThat(kubectl.run("logs", "box").output())
                .startsWith("line 1 of box\nline 2 of box\nline 3 of box\n");
        assertThat(kubectl.run("logs", "box", "--tail=1", "--timestamps").output())
                .matches("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z \\S.*\n");
        var follower = kubectl.start("logs", "-f", "box", "--tail=0");
        try (var lines = follower.inputReader()) {
            assertThat(lines.readLine()).isEqualTo("tick");
            assertThat(lines.readLine()).isEqualTo("tick");
        } finally {
            follower.destroy();
        }
    }

    @Test
    void saysInTheLogThatAStandInIsSimulated() throws Exception {
        assertThat(kubectl.run("logs", "stand").output()).startsWith("[simulated] nginx:1.27");
    }

    @Test
    void keepsTheLogOfTheLastStart() throws Exception {
        await().atMost(Duration.ofSeconds(60)).until(() ->
                kubectl.run("logs", "crash", "--previous").output().equals("start\n"));
        assertThat(kubectl.run("logs", "stand", "--previous").errors())
                .contains("previous terminated container");
        assertThat(kubectl.run("exec", "nobody", "--", "true").errors()).contains("not found");
    }

    @Test
    void attachesToTheContainersOwnProcess() throws Exception {
        apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: cat}
                spec: {containers: [{name: cat, image: busybox, command: [cat], stdin: true}]}
                """);
        kubectl.run("wait", "--for=condition=Ready", "pod/cat", "--timeout=60s");
        var process = kubectl.start("attach", "-i", "cat");
        try (var in = process.outputWriter(); var out = process.inputReader()) {
            in.write("hello\n");
            in.flush();
            assertThat(out.readLine()).isEqualTo("hello");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void servesFabric8Exec() throws Exception {
        var data = new byte[1_500_000];
        new Random(5).nextBytes(data);
        var out = new ByteArrayOutputStream();
        try (var exec = client.pods().inNamespace("default").withName("stand")
                .redirectingInput().writingOutput(out).exec("head", "-c", "1500000")) {
            // One write is one message, and a message may have 1 MiB.
            for (int i = 0; i < data.length; i += 100_000) {
                exec.getInput().write(data, i, Math.min(100_000, data.length - i));
            }
            exec.getInput().flush();
            assertThat(exec.exitCode().get(120, TimeUnit.SECONDS)).isZero();
        }
        assertThat(out.toByteArray()).isEqualTo(data);
    }

    @Test
    void forwardsPortsToAnEchoingWebServer() throws Exception {
        apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: echo}
                spec: {containers: [{name: e, image: sim-echo, ports: [{containerPort: 8080}]}]}
                """);
        kubectl.run("wait", "--for=condition=Ready", "pod/echo", "--timeout=60s");
        var forward = kubectl.start("port-forward", "pod/echo", ":8080");
        try (var out = forward.inputReader(); var http = HttpClient.newHttpClient()) {
            var address = out.readLine().split(" ")[2];
            var answer = http.send(HttpRequest.newBuilder(URI.create("http://" + address + "/hi"))
                    .timeout(Duration.ofSeconds(20))
                    .POST(HttpRequest.BodyPublishers.ofString("body")).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).startsWith("[simulated] pod echo\n\nPOST /hi HTTP/1.1\r\n")
                    .endsWith("\r\n\r\nbody");
        } finally {
            forward.destroy();
        }
        try (var forwarded = client.pods().inNamespace("default").withName("echo")
                .portForward(8080); var http = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + forwarded.getLocalPort() + "/two");
            assertThat(http.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20))
                    .version(HttpClient.Version.HTTP_1_1).build(),
                    HttpResponse.BodyHandlers.ofString()).body()).contains("GET /two");
        }
    }

    @Test
    void keepsAClaimsFilesBeyondThePod() throws Exception {
        apply("""
                apiVersion: v1
                kind: PersistentVolumeClaim
                metadata: {name: data}
                spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
                """);
        for (var name : new String[] {"first", "second"}) {
            apply("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: %s}
                    spec:
                      volumes:
                      - {name: data, persistentVolumeClaim: {claimName: data}}
                      - {name: shared, emptyDir: {}}
                      containers:
                      - name: c
                        image: nginx
                        volumeMounts:
                        - {name: data, mountPath: /data, subPath: inner}
                        - {name: shared, mountPath: /shared}
                    """.formatted(name));
            kubectl.run("wait", "--for=condition=Ready", "pod/" + name, "--timeout=60s");
            var said = kubectl.run("exec", name, "--", "sh", "-c",
                    "echo " + name + " >> /data/names; cat /data/names; ls /shared;"
                            + " cat /var/run/secrets/kubernetes.io/serviceaccount/namespace;"
                            + " touch /shared/x");
            assertThat(said.output()).isEqualTo(name.equals("first")
                    ? "first\ndefault" : "first\nsecond\ndefault");
            kubectl.run("delete", "pod", name);
        }
    }

    @Test
    void letsAPodAskItsApiServerWithItsToken() throws Exception {
        var token = kubectl.run("exec", "stand", "--", "cat",
                "/var/run/secrets/kubernetes.io/serviceaccount/token").output();
        assertThat(kubectl.run("auth", "whoami", "--token=" + token,
                "--kubeconfig=" + anonymous()).output())
                .contains("system:serviceaccount:default:default");
    }

    /// The same cluster without the administrator's token.
    private static Path anonymous() throws IOException {
        var text = Files.readString(sim.kubeconfig()).replaceAll("token: .*", "as: ''");
        return Files.writeString(folder.resolve("anonymous"), text);
    }

    @Test
    void endsTheProcessesOfADeletedPod() throws Exception {
        apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: gone}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: c, image: busybox, command: [sh, -c, "trap '' TERM; sleep 1234"]}
                """);
        kubectl.run("wait", "--for=condition=Ready", "pod/gone", "--timeout=60s");
        assertThat(sleepers()).isPositive();
        assertThat(kubectl.run("delete", "pod", "gone", "--timeout=60s").code()).isZero();
        await().atMost(Duration.ofSeconds(60)).until(() -> sleepers() == 0);
    }

    @Test
    void entersAContainerWhereItsCommandRuns() throws Exception {
        var said = kubectl.run("exec", "box", "--", "sh", "-c",
                "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; hostname");
        assertThat(said.output()).contains("echo line $i of").endsWith("box\n");
    }

    @Test
    void forwardsPortsToWhatAPodsCommandListensOn() throws Exception {
        apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: pair}
                spec:
                  containers:
                  - name: web
                    image: busybox
                    command: [perl, -MIO::Socket::INET, -e]
                    args:
                    - |
                      my $at = IO::Socket::INET->new(LocalAddr => "127.0.0.1:8088", Listen => 9)
                          or die;
                      while (my $one = $at->accept) {
                        my $length = 0;
                        while (my $line = <$one>) {
                          $length = $1 if $line =~ /^content-length: (\\d+)/i;
                          last if $line =~ /^\\r?$/;
                        }
                        read $one, my $body, $length;
                        print $one "HTTP/1.0 200 OK\\r\\n\\r\\n", $body, $body;
                        close $one;
                      }
                  - {name: side, image: busybox, command: [sleep, "1000"]}
                """);
        kubectl.run("wait", "--for=condition=Ready", "pod/pair", "--timeout=60s");
        await().atMost(Duration.ofSeconds(60)).until(() -> kubectl.run("exec", "pair", "-c", "side",
                "--", "perl", "-MIO::Socket::INET", "-e",
                "print IO::Socket::INET->new('127.0.0.1:8088') ? 'open' : 'closed'")
                .output().equals("open"));
        var forward = kubectl.start("port-forward", "pod/pair", ":8088", ":8089");
        try (var out = forward.inputReader(); var errors = forward.errorReader();
                var http = HttpClient.newHttpClient()) {
            var ports = Stream.generate(() -> line(out)).filter(line -> line.contains("127.0.0.1"))
                    .limit(2).collect(Collectors.toMap(line -> line.split(" -> ")[1],
                            line -> URI.create("http://" + line.split(" ")[2])));
            var body = "x".repeat(300_000);
            for (int i = 0; i < 3; i++) {
                assertThat(http.send(post(ports.get("8088"), body),
                        HttpResponse.BodyHandlers.ofString()).body()).isEqualTo(body + body);
            }
            assertThatThrownBy(() -> http.send(post(ports.get("8089"), ""),
                    HttpResponse.BodyHandlers.ofString())).isInstanceOf(IOException.class);
            assertThat(Stream.generate(() -> line(errors)).filter(it -> it.contains("refused"))
                    .findFirst()).hasValueSatisfying(it -> assertThat(it)
                            .contains("port 8089 to pod pair: connection refused"));
        } finally {
            forward.destroy();
        }
        try (var forwarded = client.pods().inNamespace("default").withName("pair")
                .portForward(8088); var http = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + forwarded.getLocalPort() + "/");
            assertThat(http.send(post(uri, "ab"), HttpResponse.BodyHandlers.ofString()).body())
                    .isEqualTo("abab");
        }
    }

    private static HttpRequest post(URI uri, String body) {
        return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60))
                .version(HttpClient.Version.HTTP_1_1)
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    private static String line(BufferedReader from) {
        try {
            return Objects.requireNonNull(from.readLine(), "it ended");
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private static long sleepers() {
        return ProcessHandle.current().descendants()
                .filter(p -> p.info().arguments().map(a -> String.join(" ", a)).orElse("")
                        .contains("1234")).count();
    }
}
