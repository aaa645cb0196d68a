package orrery.journey;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

/// A simulated region and servers beside it, in a folder of their own.
final class Installation implements AutoCloseable {
    private static final String SIM = "sim/target/orrery-sim.jar";
    private static final String CLI = "cli/target/orrery-cli.jar";

    private final Path folder;
    private final Map<String, String> settings;
    private Program sim;
    private int starts;

    /// @param settings of the servers, beside those that every installation has
    Installation(Path folder, Map<String, String> settings) throws InterruptedException {
        this.folder = folder.toAbsolutePath();
        this.settings = settings;
        this.sim = startSim();
    }

    private Program startSim() throws InterruptedException {
        var log = folder.resolve("sim-" + ++starts + ".log");
        var program = Program.start(
                SIM, log, Map.of(), "--data", folder.resolve("sim").toString(),
                "--control-plane", folder.resolve("listening").toString());
        program.await(line -> line.contains("ready https://"));
        return program;
    }

    /// `kill -9` for the simulated region, and another start.
    void restartSim() throws InterruptedException {
        sim.kill();
        sim = startSim();
    }

    /// A pod of the simulated region.
    Pod pod() throws IOException {
        return new Pod(folder.resolve("sim").resolve("kubeconfig"));
    }

    /// Leads pods to a server of those that run.
    void showPods(int port) throws IOException {
        Files.createSymbolicLink(folder.resolve("listening"),
                folder.resolve("data-" + port).resolve("listening"));
    }

    /// What a server wrote of its requests.
    String requests(int port) throws IOException {
        return Files.readString(
                folder.resolve("data-" + port).resolve("log").resolve("requests.jsonl"));
    }

    /// Starts a server and waits until it says that it is ready.
    Program server(int port) throws InterruptedException {
        var environment = new HashMap<>(settings);
        environment.put("ORRERY_PORT", Integer.toString(port));
        environment.put("ORRERY_DATA", folder.resolve("data-" + port).toString());
        environment.put("ORRERY_SIM_KUBECONFIG",
                folder.resolve("sim").resolve("kubeconfig").toString());
        var log = folder.resolve("server-" + port + "-" + ++starts + ".log");
        var program = Program.start(Program.SERVER, log, environment);
        program.await(line -> line.startsWith("Orrery is ready at"));
        return program;
    }

    /// Starts the journey against a server. All journeys of an installation share an account.
    Program demo(int port) {
        return Program.start(CLI, folder.resolve("demo-" + ++starts + ".log"), Map.of(),
                "demo", "--url", "http://127.0.0.1:" + port, "--wait", "90",
                "--account", folder.resolve("account").toString());
    }

    /// A folder that holds the command line as a program.
    Path commandLine() throws IOException {
        var program = Files.createDirectories(folder.resolve("bin")).resolve("orrery");
        Files.writeString(program, """
                #!/bin/sh
                exec '%s' -jar '%s' "$@"
                """.formatted(Path.of(System.getProperty("java.home"), "bin", "java"),
                        Path.of("..", CLI).toAbsolutePath().normalize()));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return program.getParent();
    }

    static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        sim.close();
    }
}
