package orrery.sim.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import orrery.sim.Options;
import orrery.sim.Sim;
import orrery.sim.client.Program;
import orrery.sim.container.Relay;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A program in a pod reaches the API server of its own cluster, as any client library does: by
/// the variables and files that every pod has. The host's Node.js is that program.
@Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PodNetworkTest {
    private static final String ASK = """
            const fs = require('fs'), https = require('https');
            const own = '/var/run/secrets/kubernetes.io/serviceaccount/';
            const ask = (path, done) => https.get({
              host: process.env.KUBERNETES_SERVICE_HOST, port: process.env.KUBERNETES_SERVICE_PORT,
              path, ca: fs.readFileSync(own + 'ca.crt'),
              headers: {Authorization: 'Bearer ' + fs.readFileSync(own + 'token')},
            }, answer => {
              let text = '';
              answer.on('data', part => text += part);
              answer.on('end', () => done(answer.statusCode, text));
            }).on('error', problem => done(problem.code, ''));
            ask('/api/v1/namespaces/default/configmaps/word', (code, text) => {
              console.log(code, code === 200 ? JSON.parse(text).data.is : text);
              ask('/clusters/sim1/api/v1/namespaces/default/configmaps/word', code => {
                console.log(code);
                ask('/api/v1/secrets', code => console.log(code));
              });
            });
            """;

    @TempDir static Path folder;
    private static Sim sim;
    private static Program kubectl;

    @BeforeAll
    static void start() throws Exception {
        sim = Sim.start(new Options(folder.resolve("d"), 0, "127.0.0.1"), Clock.systemUTC(),
                new SecureRandom());
        kubectl = Program.kubectl(sim.kubeconfig(), folder);
        Assumptions.assumeTrue(sim.allowsSandboxes(), sim.sandbox());
        Assumptions.assumeTrue(Relay.isPossible(), "this host has no perl");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/node")),
                "a pod sees no Node.js outside /usr/bin");
        var said = kubectl.feed("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: word}
                data: {is: sesame}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: reader}
                rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: reader}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
                subjects: [{kind: ServiceAccount, name: default, namespace: default}]
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: client}
                spec: {containers: [{name: box, image: busybox}]}
                """.getBytes(StandardCharsets.UTF_8), "apply", "-f", "-");
        assertThat(said.code()).as(said.errors()).isZero();
        var ready = kubectl.run("wait", "--for=condition=Ready", "pod/client", "--timeout=120s");
        assertThat(ready.code()).as(ready.errors()).isZero();
    }

    @AfterAll
    static void stop() {
        sim.close();
    }

    @Test
    void reachesItsOwnClusterAloneAndWithItsOwnRights() throws Exception {
        var said = kubectl.run("exec", "client", "--", "node", "-e", ASK);
        assertThat(said.output()).as(said.errors()).isEqualTo("200 sesame\n403\n403\n");
    }

    @Test
    void leavesCommandsAsTheyWere() throws Exception {
        var said = kubectl.run("exec", "client", "--", "sh", "-c", "echo out; exit 7");
        assertThat(said.output()).isEqualTo("out\n");
        assertThat(said.errors()).contains("exit code 7");
        assertThat(kubectl.run("exec", "client", "--", "no-such-program").errors())
                .contains("exit code 127");
    }
}
