package orrery.sim.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What the processes of one pod share: a network with its ways out, IPC and a host name. A small
/// process holds it, in a cell of its own, for as long as the pod runs.
public final class PodSandbox implements AutoCloseable {
    private static final int READY_SECONDS = 60;

    /// Ends with its input, so with us.
    private static final Command HOLD = new Command(
            List.of("sh", "-c", "echo ready; exec cat"), "/", Optional.empty());

    /// Becomes a connection to a port of the pod's.
    private static final String CONNECT = """
            use IO::Socket::INET; use IO::Select;
            my $to = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$ARGV[0]") or exit 111;
            syswrite STDOUT, "+";
            my %to = ($to => \\*STDOUT, \\*STDIN => $to);
            my $open = IO::Select->new($to, \\*STDIN);
            while (my @ready = $open->can_read) {
                for my $from (@ready) {
                    my $got = sysread $from, my $bytes, 65536;
                    if (!$got) {
                        exit 0 if $from == $to;
                        $open->remove($from); shutdown $to, 1; next;
                    }
                    for (my $at = 0; $at < $got;) {
                        my $put = syswrite $to{$from}, $bytes, $got - $at, $at;
                        exit 0 if !defined $put;
                        $at += $put;
                    }
                }
            }
            """;

    private final Cell cell;
    private final SandboxedProcess process;

    private PodSandbox(Cell cell, SandboxedProcess process) {
        this.cell = cell;
        this.process = process;
    }

    /// @param process a holder that was just started with {@link #HOLD}
    static PodSandbox ready(Cell cell, SandboxedProcess process) throws IOException {
        var said = CompletableFuture.supplyAsync(() -> firstLine(process));
        try {
            if ("ready".equals(said.get(READY_SECONDS, TimeUnit.SECONDS))) {
                return new PodSandbox(cell, process);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            process.kill();
            throw new IOException("a pod's namespaces were not ready in " + READY_SECONDS + " s",
                    late);
        }
        process.kill();
        throw new IOException("a pod's namespaces cannot be made");
    }

    static Command holding() {
        return HOLD;
    }

    private static String firstLine(SandboxedProcess process) {
        try {
            return new BufferedReader(new InputStreamReader(process.output(),
                    StandardCharsets.UTF_8)).readLine();
        } catch (IOException gone) {
            return null;
        }
    }

    Cell cell() {
        return cell;
    }

    /// The command that connects its input and output to a port, after it printed `+`. It ends with
    /// 111 when nobody listens there.
    Command connecting(int port) {
        return new Command(List.of("perl", "-e", CONNECT, Integer.toString(port)), "/",
                Optional.empty());
    }

    /// Its process on the host.
    long holder() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    @Override
    public void close() {
        process.kill();
    }
}
