package orrery.journey;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A pod of the simulated region, and a shell in it.
final class Pod implements AutoCloseable {
    private static final String NAMESPACE = "default";
    private static final String NAME = "stranger";

    private final KubernetesClient client;

    Pod(Path kubeconfig) throws IOException {
        client = new KubernetesClientBuilder().withConfig(
                Config.fromKubeconfig(Files.readString(kubeconfig))).build();
        client.pods().inNamespace(NAMESPACE).resource(new PodBuilder()
                .withNewMetadata().withName(NAME).endMetadata()
                .withNewSpec().addNewContainer().withName("c").withImage("busybox").endContainer()
                .endSpec().build()).create();
        client.pods().inNamespace(NAMESPACE).withName(NAME).waitUntilReady(120, TimeUnit.SECONDS);
    }

    /// Whether anything can run in it on this host, and be carried out of it.
    boolean runs() {
        return Files.isExecutable(Path.of("/usr/bin/perl"))
                && !client.pods().inNamespace(NAMESPACE).withName(NAME).getLog()
                        .contains("forbids sandboxes");
    }

    /// The lines that a command prints, errors too.
    List<String> run(String... command) throws Exception {
        var said = new ByteArrayOutputStream();
        try (var exec = client.pods().inNamespace(NAMESPACE).withName(NAME)
                .writingOutput(said).writingError(said).exec(command)) {
            exec.exitCode().get(120, TimeUnit.SECONDS);
        }
        return said.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Override
    public void close() {
        client.close();
    }
}
