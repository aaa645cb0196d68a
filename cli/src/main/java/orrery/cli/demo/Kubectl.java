package orrery.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import orrery.cli.Refused;

/// The system's own kubectl.
final class Kubectl implements Kubernetes {
    private static final int SECONDS = 30;

    private final Path folder;

    private Kubectl(Path folder) {
        this.folder = folder;
    }

    /// kubectl with this kubeconfig, where the system has one; else our own client.
    static Kubernetes orOurs(String kubeconfig) {
        if (!isInstalled()) {
            return new DirectKubernetes(kubeconfig);
        }
        try {
            // Created 0700: the kubeconfig holds a credential.
            var folder = Files.createTempDirectory("orrery-demo");
            Files.writeString(folder.resolve("kubeconfig"), kubeconfig);
            return new Kubectl(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isInstalled() {
        try {
            var process = new ProcessBuilder("kubectl", "version", "--client")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused("stopped");
        }
    }

    @Override
    public List<String> list(List<String> kinds) {
        // Kinds with a namespace and without one, side by side, each with its own.
        return run("get", String.join(",", kinds), "--all-namespaces", "-o",
                "jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}"
                        + "{\"\\n\"}{end}");
    }

    private List<String> run(String... arguments) {
        var command = new ArrayList<>(List.of(
                "kubectl", "--kubeconfig", folder.resolve("kubeconfig").toString(),
                "--cache-dir", folder.resolve("cache").toString(),
                "--request-timeout", SECONDS + "s"));
        command.addAll(List.of(arguments));
        try {
            var errors = folder.resolve("errors");
            var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            var lines = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8).lines().toList();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new Refused("kubectl did not end within " + SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new Refused("kubectl: " + Files.readString(errors).strip());
            }
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refused("stopped");
        }
    }

    @Override
    public String program() {
        return "kubectl";
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
