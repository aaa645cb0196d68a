package orrery.kit.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundTest {
    private static final Set<String> HTTPS = Set.of("https");
    private final Outbound open = new Outbound(new Outbound.Rules(true, Set.of(8080)));
    private final Outbound strict = new Outbound(new Outbound.Rules(false, Set.of(8080)));

    @ParameterizedTest
    @ValueSource(strings = {
        "127.0.0.1", "127.9.9.9", "localhost", "0.0.0.0", "169.254.169.254", "100.100.100.200",
        "168.63.129.16", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]",
        "[fd00:ec2::254]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[ff02::1]"
    })
    void refusesThisMachineItsLinkAndMetadata(String host) {
        assertThatThrownBy(() -> open.judge("server", URI.create("https://" + host), HTTPS))
                .hasMessageContaining("does not connect to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "[fc00::1]",
        "[64:ff9b::a00:1]"})
    void dialsPrivateNetworksOnlyWhereAllowed(String host) {
        var uri = URI.create("https://" + host + ":6443");
        assertThat(open.judge("server", uri, HTTPS).uri()).isEqualTo(uri);
        assertThatThrownBy(() -> strict.judge("server", uri, HTTPS))
                .hasMessageContaining("does not connect to");
    }

    @Test
    void dialsPublicAddressesByTheAddressThatWasJudged() {
        var found = strict.judge("server", URI.create("https://1.2.3.4:6443/k8s?x=y%20z"), HTTPS);
        assertThat(found.pinned()).hasToString("https://1.2.3.4:6443/k8s?x=y%20z");
        var six = strict.judge("server", URI.create("https://[2606:4700::1]/"), HTTPS);
        assertThat(six.pinned()).hasToString("https://[2606:4700:0:0:0:0:0:1]/");
        var pinned = new Destination(URI.create("https://a.example/x"),
                InetAddress.ofLiteral("1.2.3.4"));
        assertThat(pinned.pinned()).hasToString("https://1.2.3.4/x");
        assertThat(pinned.authority()).isEqualTo("a.example");
        assertThat(pinned.tls("a.example").getServerNames()).hasSize(1);
        assertThat(pinned.tls("1.2.3.4").getServerNames()).isNull();
    }

    @Test
    void dialsHostThatOperatorNamedButNeverOwnPorts() {
        var named = Set.of("127.0.0.1");
        var region = URI.create("https://127.0.0.1:6443");
        assertThat(strict.judge("server", region, HTTPS, named).uri()).isEqualTo(region);
        assertThatThrownBy(() -> strict.judge("server", URI.create("https://127.0.0.1:8080"),
                HTTPS, named)).hasMessageContaining("does not connect to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://1.2.3.4", "file:///etc/passwd", "http://1.2.3.4", "1.2.3.4",
        "https://user:pass@1.2.3.4", "https:///path", "https://1.2.3.4/#part"})
    void refusesUrlsThatAreNotPlainHttps(String url) {
        assertThatThrownBy(() -> open.judge("server", URI.create(url), HTTPS))
                .hasMessageContaining("must");
    }

    @Test
    void saysThatNameDoesNotResolve() {
        assertThatThrownBy(() -> open.judge("server", URI.create("https://x.invalid"), HTTPS))
                .hasMessageContaining("does not resolve");
    }
}
