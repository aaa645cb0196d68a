package orrery.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import orrery.sim.api.ApiServer;
import orrery.sim.identity.Keys;
import orrery.sim.identity.Kubeconfigs;
import orrery.sim.identity.PrivateFiles;
import orrery.sim.identity.Tokens;
import orrery.sim.store.Cluster;
import orrery.sim.store.Ids;
import orrery.sim.store.Item;
import orrery.sim.store.Region;

/// The simulated region as a process: one data folder, one listener, the management cluster
/// `sim1` and every cluster made beside it.
public final class Sim implements AutoCloseable {
    /// The management cluster's name.
    public static final String MANAGEMENT = "sim1";

    private static final Duration POD_TOKEN = Duration.ofDays(365);

    private final FileChannel lockFile;
    private final Region region;
    private final ApiServer server;
    private final Controllers controllers;
    private final Kubeconfigs kubeconfigs;
    private final Path kubeconfig;

    private Sim(FileChannel lockFile, Region region, ApiServer server, Controllers controllers,
            Kubeconfigs kubeconfigs, Path kubeconfig) {
        this.lockFile = lockFile;
        this.region = region;
        this.server = server;
        this.controllers = controllers;
        this.kubeconfigs = kubeconfigs;
        this.kubeconfig = kubeconfig;
    }

    public static void main(String[] args) {
        try {
            Options options = Options.parse(args);
            Sim sim = start(options, Clock.systemUTC(), new SecureRandom());
            Runtime.getRuntime().addShutdownHook(new Thread(sim::close, "shutdown"));
            System.out.println(MANAGEMENT + " ready " + sim.url() + " kubeconfig "
                    + sim.kubeconfig());
            System.out.println("processes of pods: " + sim.sandbox());
        } catch (IllegalArgumentException | IllegalStateException | UncheckedIOException e) {
            System.err.println("sim: " + e.getMessage());
            System.exit(2);
        }
    }

    /// Starts the region on its data folder.
    ///
    /// @throws IllegalStateException when another process has the folder, or the port is taken
    public static Sim start(Options options, Clock clock, SecureRandom random) {
        Path data = options.data();
        FileChannel lock = lock(data);
        Keys keys = new Keys(data.resolve("keys"), options.host(), clock, random);
        Tokens tokens = new Tokens(keys, clock);
        Region region = Region.open(data.resolve("region.db"), clock, new Ids(random),
                options.idle(), Sim::halt);
        Cluster management =
                region.find(MANAGEMENT).orElseGet(() -> region.create(MANAGEMENT));
        Platform platform = new Platform(region, MANAGEMENT, options.timing(), clock);
        Controllers controllers = controllers(options, keys, tokens, clock);
        ApiServer server = ApiServer.start(region, keys, tokens, clock,
                new ApiServer.Behind(controllers.streams(), controllers.meter(),
                        platform.outages(), platform.actions()),
                options.host(), port(options));
        PrivateFiles.write(data.resolve("port"),
                Integer.toString(server.port()).getBytes(StandardCharsets.US_ASCII));
        String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        Kubeconfigs kubeconfigs =
                new Kubeconfigs("https://" + host + ":" + server.port(), keys, tokens);
        Path kubeconfig = data.resolve("kubeconfig");
        PrivateFiles.write(kubeconfig,
                kubeconfigs.admin(management).getBytes(StandardCharsets.UTF_8));
        controllers.serve(new InetSocketAddress(options.host(), server.port()));
        region.guard(platform.gate());
        controllers.start(region, platform.operators(kubeconfigs::admin));
        return new Sim(lock, region, server, controllers, kubeconfigs, kubeconfig);
    }

    private static Controllers controllers(Options options, Keys keys, Tokens tokens, Clock clock) {
        String authority = new String(keys.authorityPem(), StandardCharsets.US_ASCII);
        try {
            return Controllers.open(new Controllers.Surroundings(
                    options.data().resolve("containers"), options.sandboxes(),
                    options.controlPlane(), clock, options.timing(), cluster -> authority,
                    (cluster, pod, audience) ->
                            podToken(tokens, clock, cluster, pod, audience)));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot prepare containers below " + options.data(), e);
        }
    }

    /// As the kubelet asks for it: bound to the pod, good for as long as pods usually live.
    private static String podToken(
            Tokens tokens, Clock clock, Cluster cluster, Item pod, String audience) {
        String account =
                pod.tree().path("spec").path("serviceAccountName").asText("default");
        return tokens.issue(cluster.require("serviceaccounts", pod.namespace(), account),
                clock.instant().plus(POD_TOKEN),
                audience.isEmpty() ? List.of() : List.of(audience),
                new Tokens.Binding("pods", pod.name(), pod.uid()));
    }

    /// The management cluster's address.
    public String url() {
        return kubeconfigs.server(region.find(MANAGEMENT).orElseThrow());
    }

    /// The file with the management cluster's administrator's kubeconfig.
    public Path kubeconfig() {
        return kubeconfig;
    }

    /// Which sandbox pods' processes run in, or why there is none.
    public String sandbox() {
        return controllers.sandbox();
    }

    /// Whether pods' processes can run on this host.
    public boolean allowsSandboxes() {
        return controllers.allowed();
    }

    public Region region() {
        return region;
    }

    public Kubeconfigs kubeconfigs() {
        return kubeconfigs;
    }

    /// The port asked for, else the one of the last start: kubeconfigs that were given out
    /// go on working.
    private static int port(Options options) {
        Path file = options.data().resolve("port");
        try {
            return options.port() == 0 && Files.exists(file)
                    ? Integer.parseInt(Files.readString(file).strip()) : options.port();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static FileChannel lock(Path data) {
        try {
            Files.createDirectories(data, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rwx------")));
            FileChannel channel = FileChannel.open(data.resolve("lock"),
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
                throw new IllegalStateException("another process uses the data folder " + data
                        + "; stop it or name another with --data");
            }
            return channel;
        } catch (java.nio.channels.OverlappingFileLockException e) {
            throw new IllegalStateException(
                    "this process uses the data folder " + data + " already", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock the data folder " + data, e);
        }
    }

    /// The disk refused a write: going on would promise what is not kept.
    private static void halt(Throwable cause) {
        System.err.println("sim: cannot write to the store, stopping: " + cause);
        Runtime.getRuntime().halt(3);
    }

    @Override
    public void close() {
        server.close();
        controllers.close();
        region.close();
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
