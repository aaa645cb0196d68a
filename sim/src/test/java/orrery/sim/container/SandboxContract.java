package orrery.sim.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every sandbox must hold, whichever program makes it.
abstract class SandboxContract {
    @TempDir Path folder;
    private Containers containers;

    @BeforeEach
    void openSandboxes() throws IOException {
        containers = Containers.open(folder.resolve("cells"), bubblewrap());
        Assumptions.assumeTrue(containers.allowed(), containers.describe());
    }

    /// Where the program to test is; empty tests util-linux.
    abstract Optional<Path> bubblewrap();

    @AfterEach
    void closeSandboxes() {
        containers.close();
    }

    @Test
    void runsACommandWithItsEnvironmentAndExitCode() throws Exception {
        var cell = cell("a", List.of());
        assertThat(run(cell, "echo $GREETING $(pwd) $(id -u) $(hostname); exit 7"))
                .isEqualTo(new Said("hello 'x' /work 0 a\n", "", 7));
    }

    @Test
    void tellsErrorsFromOutput() throws Exception {
        assertThat(run(cell("a", List.of()), "echo out; echo err >&2"))
                .isEqualTo(new Said("out\n", "err\n", 0));
    }

    @Test
    void keepsFilesBetweenProcessesOfOneCell() throws Exception {
        var cell = cell("a", List.of());
        run(cell, "echo kept > /tmp/file");
        assertThat(run(cell, "cat /tmp/file").output()).isEqualTo("kept\n");
    }

    @Test
    void seesNothingOfTheHostButItsPrograms() throws Exception {
        var secret = Files.writeString(folder.resolve("secret"), "secret");
        var said = run(cell("a", List.of()),
                "ls /; cat " + secret + "; cat /etc/shadow; ls -A /root /home /usr/local; "
                        + "touch /usr/bin/mine");
        assertThat(said.output()).doesNotContain("secret").doesNotContain(".m2");
        assertThat(said.output().lines().filter(line -> line.endsWith(":"))).hasSize(3);
        assertThat(said.errors()).contains("Read-only file system")
                .contains("/etc/shadow: No such file");
    }

    @Test
    void seesNothingOfAnotherCell() throws Exception {
        var one = cell("one", List.of());
        run(one, "echo private > /tmp/private");
        var other = run(cell("two", List.of()), "cat /tmp/private; find / -name private "
                + "-not -path '/proc/*' -not -path '/usr/*' -not -path '/lib/*'");
        assertThat(other.output()).isEmpty();
    }

    @Test
    void cannotSeeOrKillProcessesOfTheHost() throws Exception {
        var cell = cell("a", List.of());
        var self = ProcessHandle.current().pid();
        var said = run(cell, "kill -9 " + self + "; kill -9 1; ls -d /proc/[0-9]* | wc -l");
        assertThat(Integer.parseInt(said.output().strip())).isLessThan(6);
        assertThat(said.exitCode()).isZero();
    }

    @Test
    void hasNoNetworkNoCapabilitiesAndNoNewNamespaces() throws Exception {
        var said = run(cell("a", List.of()), """
                cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d ' '
                grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status
                unshare --user true 2>/dev/null && echo made a user namespace
                unshare --mount true 2>/dev/null && echo made a mount namespace
                mount -t tmpfs none /tmp 2>/dev/null && echo mounted
                echo 99 > /proc/sys/user/max_user_namespaces 2>/dev/null && echo raised
                """);
        assertThat(said.output()).isEqualTo("""
                lo
                CapBnd:\t0000000000000000
                CapEff:\t0000000000000000
                NoNewPrivs:\t1
                """.replaceAll("(CapBnd.*\n)(CapEff.*\n)", "$2$1"));
    }

    @Test
    void carriesOnePortToASocketOutsideAndBackAgain() throws Exception {
        Assumptions.assumeTrue(Relay.isPossible(), "this host has no perl");
        // The path of a socket has 107 bytes; a test's own folder may be deeper.
        var net = Files.createDirectories(containers.base().resolve("n"));
        Files.setPosixFilePermissions(net, PosixFilePermissions.fromString("rwx--x--x"));
        try (var outside = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            outside.bind(UnixDomainSocketAddress.of(net.resolve("s")));
            Files.setPosixFilePermissions(
                    net.resolve("s"), PosixFilePermissions.fromString("rw-rw-rw-"));
            Thread.ofVirtual().start(() -> echo(outside));
            var cell = cell("a", List.of(), Limits.DEFAULT,
                    Optional.of(new Relay(net, List.of(
                            new Relay.Way("s", 6443, ""), new Relay.Way("s", 6480, "x")))));
            var said = run(cell, """
                    perl -MIO::Socket::INET -e '
                        $| = 1;
                        for my $port (6443, 6480, 8080) {
                            my $to = IO::Socket::INET->new("127.0.0.1:$port") or print "closed\n";
                            next unless $to;
                            print $to "x" x 300000;
                            shutdown $to, 1;
                            my $all = join "", <$to>;
                            print length $all, "\n";
                        }'
                    exit 5
                    """);
            assertThat(said).isEqualTo(new Said("300000\n300000\nclosed\n", "", 5));
        }
    }

    private static void echo(ServerSocketChannel outside) {
        try {
            for (;;) {
                var one = outside.accept();
                Thread.ofVirtual().start(() -> {
                    try (one) {
                        var buffer = ByteBuffer.allocate(8192);
                        while (one.read(buffer) >= 0) {
                            buffer.flip();
                            while (buffer.hasRemaining()) {
                                one.write(buffer);
                            }
                            buffer.clear();
                        }
                    } catch (IOException gone) {
                        throw new UncheckedIOException(gone);
                    }
                });
            }
        } catch (IOException closed) {
            return;
        }
    }

    @Test
    void limitsProcessesAndFileSizes() throws Exception {
        var small = new Limits(20, 1L << 30, 1 << 20, 64, 60);
        var said = run(cell("a", List.of(), small),
                "head -c 5000000 /dev/zero > /tmp/big; stat -c %s /tmp/big; "
                        + "for i in $(seq 40); do sleep 5 & done");
        assertThat(said.output()).isEqualTo((1 << 20) + "\n");
        assertThat(said.errors()).contains("Cannot fork");
    }

    @Test
    void bindsVolumesWhereTheyAreWanted() throws Exception {
        var volume = containers.base().resolve("volumes/data");
        containers.folder(volume);
        var settings = containers.base().resolve("volumes/settings");
        containers.folder(settings);
        containers.file(settings.resolve("colour"), "blue".getBytes(StandardCharsets.UTF_8));
        var cell = cell("a", List.of(
                new Cell.Bind(volume, "/data/deep", false),
                new Cell.Bind(settings, "/etc/app", true),
                new Cell.Bind(settings.resolve("colour"), "/opt/colour.txt", true)));
        var said = run(cell, "echo x > /data/deep/x; cat /etc/app/colour /opt/colour.txt; "
                + "echo red > /etc/app/colour");
        assertThat(said.output()).isEqualTo("blueblue");
        assertThat(said.errors()).contains("Read-only file system");
        assertThat(volume.resolve("x")).hasContent("x\n");
    }

    @Test
    void followsNoLinkThatAPodPutInItsRoot() throws Exception {
        var target = Files.createDirectory(folder.resolve("target"));
        var cell = cell("a", List.of());
        run(cell, "rm -rf /tmp /etc; ln -s " + target + " /tmp; ln -s " + target + " /etc");
        containers.prepare(cell, Map.of(), "/work");
        run(cell, "true");
        assertThat(target).isEmptyDirectory();
    }

    @Test
    void carriesBinaryDataBothWays() throws Exception {
        var data = new byte[3_000_001];
        new Random(1).nextBytes(data);
        var process = containers.start(cell("a", List.of()), pipes("cat"));
        var writer = CompletableFuture.runAsync(() -> write(process, data));
        assertThat(process.output().readAllBytes()).isEqualTo(data);
        writer.get(10, TimeUnit.SECONDS);
        assertThat(process.exit().get(120, TimeUnit.SECONDS)).isZero();
    }

    @Test
    void givesATerminalThatCanBeResized() throws Exception {
        var size = new Command.Terminal(90, 30);
        var process = containers.start(cell("a", List.of()),
                new Command(List.of("sh"), "/work", Optional.of(size)));
        var said = new StringBuffer();
        var reader = Thread.ofVirtual().start(() -> collect(process, said));
        type(process, "stty size; echo $TERM gr\u00fc\u00df dich\n");
        await().atMost(Duration.ofSeconds(60)).until(() ->
                said.toString().contains("30 90")
                        && said.toString().contains("xterm gr\u00fc\u00df"));
        process.resize(new Command.Terminal(120, 40));
        type(process, "stty size; exit 5\n");
        assertThat(process.exit().get(120, TimeUnit.SECONDS)).isEqualTo(5);
        reader.join(5000);
        assertThat(said.toString()).contains("40 120");
    }

    @Test
    void stopsWhenAskedAndDiesWhenKilled() throws Exception {
        var polite = containers.start(cell("a", List.of()), pipes("sleep", "100"));
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            polite.terminate();
            return !polite.isAlive();
        });
        assertThat(polite.exit().get()).isEqualTo(128 + 15);
        var stubborn = containers.start(cell("b", List.of()),
                pipes("sh", "-c", "trap '' TERM; echo on; sleep 100"));
        assertThat(stubborn.output().read()).isEqualTo('o');
        stubborn.terminate();
        stubborn.kill();
        assertThat(stubborn.exit().get(120, TimeUnit.SECONDS)).isEqualTo(128 + 9);
    }

    /// A pod and the process of its one container, which prints `on` when it is there.
    private record Inhabited(PodSandbox pod, SandboxedProcess own, Cell cell) {}

    private Inhabited inhabited(String name, String script) throws Exception {
        var pod = containers.pod(cell("pod-" + name, List.of()));
        Assumptions.assumeTrue(pod.isPresent(), containers.describe());
        var cell = cell(name, List.of());
        var own = containers.start(cell, pipes("sh", "-c", script), pod.get());
        assertThat(own.output().readNBytes(3)).asString(StandardCharsets.UTF_8).isEqualTo("on\n");
        return new Inhabited(pod.get(), own, cell);
    }

    private Said beside(Inhabited there, String script) throws Exception {
        return said(containers.start(there.cell(), pipes("sh", "-c", script), there.pod(),
                there.own()));
    }

    @Test
    void seesAndEndsTheProcessesOfItsContainerAndOfNoOther() throws Exception {
        var one = inhabited("one", "echo on; sleep 4711");
        var list = "cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -x '47[0-9]1'; hostname; ";
        assertThat(beside(one, list + "exit 3")).isEqualTo(new Said("4711\npod-one\n", "", 3));
        var other = containers.start(cell("other", List.of()),
                pipes("sh", "-c", "echo on; sleep 4721"), one.pod());
        assertThat(other.output().read()).isEqualTo('o');
        assertThat(beside(one, list).output()).isEqualTo("4711\npod-one\n");
        assertThat(said(containers.start(cell("third", List.of()), pipes("sh", "-c", list),
                one.pod())).output()).isEqualTo("pod-one\n");
        beside(one, "kill $(grep -lxz 4711 /proc/[0-9]*/cmdline | grep -o '[0-9][0-9]*')");
        one.own().exit().get(60, TimeUnit.SECONDS);
        assertThat(other.isAlive()).isTrue();
        assertThatThrownBy(() -> beside(one, "true")).hasMessageContaining("has ended");
        other.kill();
        one.pod().close();
    }

    /// Whoever joins passes the container's own processes on the way in, with more rights than they
    /// have: they must not get hold of it, nor it of them.
    @Test
    void joinsAContainerWithoutAnyRightOrWayOut() throws Exception {
        var secret = Files.writeString(folder.resolve("secret"), "secret");
        var there = inhabited("a", "echo on; while :; do for at in /proc/[0-9]*; do"
                + " cat $at/root" + secret + " $at/cwd/secret $at/root/etc/shadow; done; done"
                + " >>/tmp/got 2>/dev/null");
        for (int i = 0; i < 3; i++) {
            var said = beside(there, """
                    tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '
                    grep -E 'CapEff|CapBnd|NoNewPrivs' /proc/self/status | sort
                    unshare --user true 2>/dev/null && echo made a user namespace
                    unshare --mount true 2>/dev/null && echo made a mount namespace
                    mount -t tmpfs none /tmp 2>/dev/null && echo mounted
                    for at in /proc/[0-9]*; do ls $at/root/host $at/cwd/.. 2>/dev/null; done |
                        grep secret
                    nsenter --target 1 --mount true 2>/dev/null && echo left
                    kill -9 1 && echo killed
                    echo 99 > /proc/sys/user/max_user_namespaces && echo raised
                    echo x > /proc/sys/kernel/core_pattern && echo patterned
                    echo b > /proc/sysrq-trigger && echo triggered
                    kill -9 %d && echo killed
                    """.formatted(ProcessHandle.current().pid()));
            assertThat(said.output().replace("killed\n", "")).isEqualTo("""
                    lo
                    CapBnd:\t0000000000000000
                    CapEff:\t0000000000000000
                    NoNewPrivs:\t1
                    """);
            assertThat(there.own().isAlive()).isTrue();
        }
        assertThat(beside(there, "wc -c </tmp/got").output()).isEqualTo("0\n");
        there.own().kill();
        there.pod().close();
    }

    /// The programs that set up the next process of a cell must not be a pod's own.
    @Test
    void cannotReplaceTheProgramsOfTheHost() throws Exception {
        var said = run(cell("a", List.of()), "for at in /bin /sbin /lib /lib64 /usr; do"
                + " [ -e $at ] || continue; rm -f $at 2>/dev/null; mv $at /tmp 2>/dev/null;"
                + " rmdir $at 2>/dev/null; touch $at/mine 2>/dev/null && echo $at; done;"
                + " ls /bin/sh /usr/bin/env");
        assertThat(said).isEqualTo(new Said("/bin/sh\n/usr/bin/env\n", "", 0));
        assertThat(run(cell("a", List.of()), "echo still").output()).isEqualTo("still\n");
    }

    @Test
    void sharesItsPortsWithItsPodAlone() throws Exception {
        Assumptions.assumeTrue(Relay.isPossible(), "this host has no perl");
        var listen = "perl -MIO::Socket::INET -e '$| = 1; my $at = IO::Socket::INET->new("
                + "LocalAddr => \"127.0.0.1:7070\", Listen => 5, ReuseAddr => 1) or die;"
                + " print \"on\\n\"; while (my $one = $at->accept)"
                + " { print $one \"hello \" . <$one>; close $one }'";
        var dial = "perl -MIO::Socket::INET -e 'my $to = IO::Socket::INET->new("
                + "\"127.0.0.1:7070\") or print(\"closed\"), exit;"
                + " print $to \"you\\n\"; print <$to>'";
        var there = inhabited("a", listen);
        assertThat(said(containers.start(cell("b", List.of()), pipes("sh", "-c", dial),
                there.pod())).output()).isEqualTo("hello you\n");
        assertThat(run(cell("c", List.of()), dial).output()).isEqualTo("closed");
        var other = containers.pod(cell("other", List.of())).orElseThrow();
        assertThat(said(containers.start(cell("d", List.of()), pipes("sh", "-c", dial), other))
                .output()).isEqualTo("closed");
        other.close();
        var connection = containers.connect(there.pod(), 7070);
        type(connection, "there\n");
        assertThat(new String(connection.output().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("+hello there\n");
        assertThat(containers.connect(there.pod(), 7071).exit().get(60, TimeUnit.SECONDS))
                .isEqualTo(111);
        there.own().kill();
        there.pod().close();
    }

    final Cell cell(String name, List<Cell.Bind> binds) throws IOException {
        return cell(name, binds, Limits.DEFAULT);
    }

    @Test
    void killsATerminalsProcess() throws Exception {
        var process = containers.start(cell("a", List.of()), new Command(
                List.of("sleep", "100"), "/", Optional.of(Command.Terminal.DEFAULT)));
        process.kill();
        process.exit().get(120, TimeUnit.SECONDS);
        assertThat(process.isAlive()).isFalse();
    }

    private Cell cell(String name, List<Cell.Bind> binds, Limits limits) throws IOException {
        return cell(name, binds, limits, Optional.empty());
    }

    private Cell cell(String name, List<Cell.Bind> binds, Limits limits, Optional<Relay> relay)
            throws IOException {
        var home = containers.base().resolve(name);
        var cell = new Cell(home.resolve("root"), home.resolve("environment"), binds, name, 0,
                limits, relay);
        containers.prepare(cell,
                Map.of("PATH", "/usr/bin:/bin:/usr/sbin", "LANG", "C.UTF-8",
                        "GREETING", "hello 'x'"),
                "/work");
        return cell;
    }

    record Said(String output, String errors, int exitCode) {}

    final Said run(Cell cell, String script) throws Exception {
        return said(containers.start(cell, pipes("sh", "-c", script)));
    }

    private static Said said(SandboxedProcess process) throws Exception {
        process.input().close();
        var errors = CompletableFuture.supplyAsync(() -> text(process));
        var output = new String(process.output().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(output, errors.get(60, TimeUnit.SECONDS),
                process.exit().get(60, TimeUnit.SECONDS));
    }

    private static Command pipes(String... line) {
        return new Command(List.of(line), "/work", Optional.empty());
    }

    private static String text(SandboxedProcess process) {
        try {
            return new String(process.errors().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static void write(SandboxedProcess process, byte[] data) {
        try (var out = process.input()) {
            out.write(data);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private static void type(SandboxedProcess process, String text) throws IOException {
        process.input().write(text.getBytes(StandardCharsets.UTF_8));
        process.input().flush();
    }

    private static void collect(SandboxedProcess process, StringBuffer said) {
        var buffer = new byte[4096];
        try {
            for (int n; (n = process.output().read(buffer)) > 0;) {
                said.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
            }
        } catch (IOException ended) {
            said.append("[ended]");
        }
    }
}
