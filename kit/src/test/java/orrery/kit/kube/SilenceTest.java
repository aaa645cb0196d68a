package orrery.kit.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Set;
import orrery.kit.net.Outbound;
import org.junit.jupiter.api.Test;

class SilenceTest {
    private static final KubeLimits LIMITS = new KubeLimits(16, 64, Duration.ofSeconds(10),
            Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofSeconds(20), 1 << 20, 10,
            Duration.ofMinutes(1));

    /// A cluster that takes every connection and says nothing, as behind a firewall that drops.
    @Test
    void whoAsksASilentClusterIsRefusedAtOnceAfterAFewWaited() throws IOException {
        try (var mute = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
                var clients = new KubeClients(
                        new Outbound(new Outbound.Rules(true, Set.of())), LIMITS)) {
            var config = Kubeconfig.read("""
                    apiVersion: v1
                    kind: Config
                    current-context: mute
                    contexts: [{name: mute, context: {cluster: mute, user: mute}}]
                    clusters: [{name: mute, cluster: {server: "https://127.0.0.1:%d"}}]
                    users: [{name: mute, user: {token: abc}}]
                    """.formatted(mute.getLocalPort()), null);
            var view = clients.view(new KubeTarget("region mute#1", config, Set.of("127.0.0.1")));
            long begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(view::version).isInstanceOf(KubeFailure.class)
                        .hasMessageStartingWith("region mute does not answer: ");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .as("two wait, not twenty").isLessThan(Duration.ofSeconds(6));
        }
    }

    @Test
    void anAnswerEndsIt() {
        var silence = new Silence();
        for (int i = 0; i < 2; i++) {
            silence.failed(silence.begin("it#1"), "no answer in time");
        }
        assertThatThrownBy(() -> silence.begin("it#1"))
                .hasMessage("it does not answer: no answer in time");
        silence.answered();
        assertThat(silence.begin("it#1")).isNotZero();
    }

    @Test
    void oneSlowAnswerAmongOthersIsNone() {
        var silence = new Silence();
        long slow = silence.begin("it");
        silence.answered();
        silence.failed(slow, "no answer in time");
        silence.failed(slow, "no answer in time");
        assertThat(silence.begin("it")).isNotZero();
    }
}
