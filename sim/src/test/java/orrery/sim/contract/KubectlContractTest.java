package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import orrery.sim.client.Program;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real kubectl, as people use it.
class KubectlContractTest {
    private final Api api = Api.shared();
    private final String namespace = api.namespace();

    private Program kubectl;

    @TempDir
    Path folder;

    /// What a command printed, both streams, and how it ended.
    record Outcome(int code, String text) {}

    @BeforeEach
    void findKubectl() {
        kubectl = Program.kubectl(api.kubeconfig().toAbsolutePath(), folder);
    }

    @Test
    void appliesChangesAndDeletesAManifest() throws Exception {
        Path file = write("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: app}
                data: {color: red}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: app}
                spec: {selector: {app: a}, ports: [{port: 80}]}
                """);
        assertThat(run("apply", "-f", file.toString()).text()).contains("configmap/app created");
        assertThat(run("apply", "-f", file.toString()).text()).contains("configmap/app unchanged");
        Files.writeString(file, Files.readString(file).replace("red", "blue"));
        assertThat(run("diff", "-f", file.toString()).text()).contains("+  color: blue");
        assertThat(run("apply", "-f", file.toString()).text()).contains("configmap/app configured");
        assertThat(run("get", "cm", "app", "-o", "jsonpath={.data.color}").text())
                .isEqualTo("blue");
        assertThat(run("get", "svc", "app").text()).contains("CLUSTER-IP").contains("80/TCP");
        assertThat(run("describe", "svc", "app").text()).contains("Selector:").contains("app=a");
        assertThat(run("delete", "-f", file.toString()).text()).contains("\"app\" deleted");
    }

    @Test
    void appliesOnTheServerSide() throws Exception {
        Path file = write("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: app}
                data: {color: red}
                """);
        run("create", "cm", "app", "--from-literal=color=green");
        Outcome conflict = run("apply", "--server-side", "-f", file.toString());
        assertThat(conflict.code()).isEqualTo(1);
        assertThat(conflict.text()).contains("conflict with \"kubectl-create\"");
        assertThat(run("apply", "--server-side", "--force-conflicts", "-f",
                file.toString()).text()).contains("serverside-applied");
    }

    @Test
    @Needs(version = 25)
    void refusesAManifestByNamingTheField() throws Exception {
        Path file = write("""
                apiVersion: v1
                kind: Service
                metadata: {name: app}
                spec: {ports: [{port: 80, colour: red}]}
                """);
        Outcome refused = run("apply", "-f", file.toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.text()).contains("unknown field \"spec.ports[0].colour\"");
    }

    @Test
    @Needs(version = 28)
    void tellsWhoItIs() throws Exception {
        assertThat(run("auth", "whoami", "-o", "jsonpath={.status.userInfo.groups[0]}").text())
                .isEqualTo("system:masters");
    }

    @Test
    void createsWithTypedClients() throws Exception {
        assertThat(run("create", "serviceaccount", "bob").text()).contains("created");
        assertThat(run("create", "token", "bob").text()).startsWith("eyJ");
        assertThat(run("create", "rolebinding", "bob", "--clusterrole=view",
                "--serviceaccount=" + namespace + ":bob").text()).contains("created");
        assertThat(run("auth", "can-i", "list", "pods", "--as=nobody").code())
                .isEqualTo(1);
        assertThat(run("create", "deployment", "web", "--image=nginx:1", "--replicas=0").text())
                .contains("created");
        assertThat(run("scale", "deployment", "web", "--replicas=1").text()).contains("scaled");
        assertThat(run("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}").text())
                .isEqualTo("1");
        assertThat(run("label", "deployment", "web", "tier=front").text()).contains("labeled");
        assertThat(run("set", "image", "deployment/web", "nginx=nginx:2").text())
                .contains("image updated");
    }

    @Test
    void explainsAndWaits() throws Exception {
        assertThat(run("explain", "deployment.spec.strategy").text()).contains("rollingUpdate");
        assertThat(run("api-resources", "--namespaced=false").text()).contains("nodes");
        run("create", "cm", "soon", "--from-literal=a=b");
        assertThat(run("wait", "--for=jsonpath={.data.a}=b", "cm/soon", "--timeout=60s").text())
                .contains("condition met");
        run("delete", "cm", "soon", "--wait=false");
        assertThat(run("wait", "--for=delete", "cm/soon", "--timeout=60s").code()).isZero();
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("manifest.yaml"), yaml);
    }

    private Outcome run(String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("-n", namespace));
        all.addAll(List.of(arguments));
        Program.Said said = kubectl.run(all.toArray(String[]::new));
        return new Outcome(said.code(), said.output() + said.errors());
    }
}
