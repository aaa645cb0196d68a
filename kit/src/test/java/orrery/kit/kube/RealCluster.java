package orrery.kit.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import orrery.kit.net.Outbound;

/// A real kube-apiserver on a real etcd, for tests: both on free loopback ports, gone with the JVM.
/// Without a kubelet: objects are stored, validated and watched, but nothing runs.
public final class RealCluster implements AutoCloseable {
    private static final String TOKEN = "test-admin-token";

    private final Path binaries;
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();
    private final int port;

    private RealCluster(Path binaries, Path folder) throws IOException {
        this.binaries = binaries;
        this.folder = folder;
        int client = freePort();
        int peer = freePort();
        this.port = freePort();
        writeKeys();
        Files.writeString(folder.resolve("tokens.csv"),
                TOKEN + ",admin,admin,\"system:masters\"\n");
        start("etcd", "etcd", "--data-dir", folder.resolve("etcd").toString(),
                "--listen-client-urls", "http://127.0.0.1:" + client,
                "--advertise-client-urls", "http://127.0.0.1:" + client,
                "--listen-peer-urls", "http://127.0.0.1:" + peer,
                "--initial-advertise-peer-urls", "http://127.0.0.1:" + peer,
                "--initial-cluster", "default=http://127.0.0.1:" + peer, "--unsafe-no-fsync");
        start("apiserver", binaries.resolve("kube-apiserver").toString(),
                "--etcd-servers=http://127.0.0.1:" + client, "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1", "--secure-port=" + port, "--insecure-port=0",
                "--service-cluster-ip-range=10.96.0.0/16", "--authorization-mode=Node,RBAC",
                "--allow-privileged=true", "--cert-dir=" + folder.resolve("certificates"),
                "--token-auth-file=" + folder.resolve("tokens.csv"),
                "--service-account-key-file=" + folder.resolve("sa.pub"),
                "--service-account-signing-key-file=" + folder.resolve("sa.key"),
                "--service-account-issuer=https://kubernetes.default.svc");
    }

    /// Where the binaries are; empty without `./test --kubernetes`.
    public static boolean isOffered() {
        return Boolean.getBoolean("orrery.kubernetes");
    }

    /// Starts one and waits until it is ready, about five seconds.
    public static RealCluster start() {
        try {
            var binaries = Path.of(System.getProperty("orrery.kubernetes.bin"));
            var root = Files.createDirectories(Path.of("target", "kubernetes"));
            var cluster = new RealCluster(
                    binaries, Files.createTempDirectory(root, "cluster").toAbsolutePath());
            cluster.awaitReady();
            return cluster;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Starts what makes objects act: replicas, endpoints, garbage collection, namespaces.
    public void startControllers() throws IOException {
        var kubeconfig = Files.writeString(folder.resolve("controllers.kubeconfig"), kubeconfig());
        start("controllers", binaries.resolve("kube-controller-manager").toString(),
                "--kubeconfig=" + kubeconfig, "--leader-elect=false", "--port=0",
                "--secure-port=0", "--service-account-private-key-file="
                        + folder.resolve("sa.key"));
    }

    private void start(String name, String... command) throws IOException {
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        processes.add(process);
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline) {
            try (var clients = clients()) {
                clients.view(target()).find(Kind.NAMESPACE, null, "kube-system").orElseThrow();
                clients.view(target()).find(Kind.NAMESPACE, null, "default").orElseThrow();
                return;
            } catch (RuntimeException | IOException notYet) {
                pause();
            }
        }
        close();
        throw new IllegalStateException("no API server within 60 s; see " + folder);
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /// Connections that may dial loopback.
    public KubeClients clients() {
        return new KubeClients(
                new Outbound(new Outbound.Rules(true, Set.of())), KubeLimits.DEFAULT);
    }

    /// The way in, as administrator.
    public KubeTarget target() throws IOException {
        return new KubeTarget("test-" + port, config(TOKEN), Set.of("127.0.0.1"));
    }

    /// The way in with somebody's token.
    public Kubeconfig config(String token) throws IOException {
        return new Kubeconfig(URI.create("https://127.0.0.1:" + port), null,
                Files.readString(folder.resolve("certificates").resolve("apiserver.crt")),
                new Kubeconfig.Token(token), null);
    }

    /// The administrator's kubeconfig as a file's text.
    public String kubeconfig() throws IOException {
        return config(TOKEN).write("test");
    }

    /// Creates an object as somebody who is not us.
    public ObjectNode create(ObjectNode object) throws IOException {
        try (var clients = clients()) {
            return new Stranger(clients, target()).create(object);
        }
    }

    /// Merges into an object, as somebody who is not us.
    public void merge(Kind kind, String namespace, String name, ObjectNode patch)
            throws IOException {
        try (var clients = clients()) {
            new Stranger(clients, target()).merge(kind, namespace, name, patch);
        }
    }

    private void writeKeys() throws IOException {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            var pair = generator.generateKeyPair();
            Files.writeString(folder.resolve("sa.key"), pem("PRIVATE KEY", pair.getPrivate()));
            Files.writeString(folder.resolve("sa.pub"), pem("PUBLIC KEY", pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String type, Key key) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END " + type + "-----\n";
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /// Stops and starts nothing again: a cluster that is away.
    @Override
    public void close() {
        for (var process : processes.reversed()) {
            process.destroy();
            try {
                if (!process.waitFor(60, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException stop) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
