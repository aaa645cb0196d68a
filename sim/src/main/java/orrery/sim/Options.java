package orrery.sim;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import orrery.sim.operator.Timing;
import orrery.sim.store.Region;

/// What the command line says.
///
/// @param port 0 takes the last start's port, or any free one
/// @param host the address to listen on
/// @param timing how long simulated things take
/// @param sandboxes whether commands of pods are run, where the host allows it
/// @param controlPlane file in which a control plane says where it listens: pods reach it then
/// @param idle how long nobody asks for a cluster until its objects leave memory
public record Options(Path data, int port, String host, Timing timing, boolean sandboxes,
        Optional<Path> controlPlane, Duration idle) {
    private static final String USAGE =
            "usage: sim --data DIR [--port N|0] [--host ADDRESS [--allow-remote]]"
            + " [--timing quick|realistic[,NAME=DURATION…]] [--no-sandboxes]"
            + " [--control-plane FILE] [--unload-after DURATION]";

    public Options(Path data, int port, String host, Timing timing, boolean sandboxes,
            Optional<Path> controlPlane) {
        this(data, port, host, timing, sandboxes, controlPlane, Region.IDLE);
    }

    public Options(Path data, int port, String host) {
        this(data, port, host, Timing.DEFAULT);
    }

    public Options(Path data, int port, String host, Timing timing) {
        this(data, port, host, timing, true, Optional.empty());
    }

    /// @throws IllegalArgumentException that says what is wrong and how to write it
    static Options parse(String... args) {
        Path data = null;
        int port = 0;
        String host = "127.0.0.1";
        boolean remote = false;
        Timing timing = Timing.DEFAULT;
        boolean sandboxes = true;
        Path controlPlane = null;
        Duration idle = Region.IDLE;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--data" -> data = Path.of(value(args, ++i)).toAbsolutePath();
                case "--port" -> port = port(value(args, ++i));
                case "--host" -> host = value(args, ++i);
                case "--timing" -> timing = timing(value(args, ++i));
                case "--unload-after" -> idle = idle(value(args, ++i));
                case "--allow-remote" -> remote = true;
                case "--no-sandboxes" -> sandboxes = false;
                case "--control-plane" ->
                        controlPlane = Path.of(value(args, ++i)).toAbsolutePath();
                default -> throw new IllegalArgumentException(
                        "unknown option " + args[i] + "; " + USAGE);
            }
        }
        if (data == null) {
            throw new IllegalArgumentException("--data is missing; " + USAGE);
        }
        if (!remote && !loopback(host)) {
            throw new IllegalArgumentException("--host " + host + " is not a loopback address:"
                    + " a simulated region is for this machine; --allow-remote overrides");
        }
        return new Options(data, port, host, timing, sandboxes,
                Optional.ofNullable(controlPlane), idle);
    }

    private static String value(String[] args, int at) {
        if (at == args.length) {
            throw new IllegalArgumentException(args[at - 1] + " lacks its value; " + USAGE);
        }
        return args[at];
    }

    private static int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > 65_535) {
            throw new IllegalArgumentException("--port " + text + " is no port; " + USAGE);
        }
        return Integer.parseInt(text);
    }

    private static Timing timing(String text) {
        try {
            return Timing.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("--timing: " + wrong.getMessage(), wrong);
        }
    }

    private static Duration idle(String text) {
        return Timing.duration(text).orElseThrow(() -> new IllegalArgumentException(
                "--unload-after " + text + " is no duration as 20s or 5m; " + USAGE));
    }

    private static boolean loopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--host " + host + " cannot be resolved", e);
        }
    }
}
