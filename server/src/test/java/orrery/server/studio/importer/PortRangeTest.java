package orrery.server.studio.importer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class PortRangeTest {
    private static PortRange parse(String text) {
        return PortRange.parse(text, KeyPath.ROOT);
    }

    private static PortRange range(String ip, int published, int target, int count,
            String protocol) {
        return new PortRange(ip, published, target, count, protocol, KeyPath.ROOT);
    }

    @Test
    void readsEveryShortForm() {
        assertThat(parse("3000")).isEqualTo(range(null, 0, 3000, 1, "tcp"));
        assertThat(parse("3000-3005")).isEqualTo(range(null, 0, 3000, 6, "tcp"));
        assertThat(parse("8000:80")).isEqualTo(range(null, 8000, 80, 1, "tcp"));
        assertThat(parse("9090-9091:8080-8081")).isEqualTo(range(null, 9090, 8080, 2, "tcp"));
        assertThat(parse("49100:22/UDP")).isEqualTo(range(null, 49100, 22, 1, "udp"));
        assertThat(parse("127.0.0.1:8001:8001"))
                .isEqualTo(range("127.0.0.1", 8001, 8001, 1, "tcp"));
        assertThat(parse("127.0.0.1::5000")).isEqualTo(range("127.0.0.1", 0, 5000, 1, "tcp"));
        assertThat(parse("0.0.0.0:80:80")).isEqualTo(range(null, 80, 80, 1, "tcp"));
        assertThat(parse("[::1]:6000:6001/sctp")).isEqualTo(range("::1", 6000, 6001, 1, "sctp"));
        assertThat(parse("::1:6000:6001")).isEqualTo(range("::1", 6000, 6001, 1, "tcp"));
        assertThat(parse("3000-3010:22")).isEqualTo(range(null, 3000, 22, 1, "tcp"));
    }

    @Test
    void refusesWhatIsNoPort() {
        for (String text : new String[] {"", ":", "a:b", "0", "70000", "80:", "80/xyz", "1-",
            "5-3", "1-2:1-3", "host:80:80", "80:80:80:80", "-1", "8 0"}) {
            assertThatThrownBy(() -> parse(text)).as("'%s'", text).isInstanceOf(Unreadable.class);
        }
    }

    @Property
    void comesBackFromItsOwnText(@ForAll @IntRange(min = 1, max = 60000) int published,
            @ForAll @IntRange(min = 1, max = 60000) int target,
            @ForAll @IntRange(min = 1, max = 5000) int count, @ForAll boolean udp) {
        String text = "%d-%d:%d-%d/%s".formatted(published, published + count - 1, target,
                target + count - 1, udp ? "udp" : "tcp");
        assertThat(parse(text)).isEqualTo(
                range(null, published, target, count, udp ? "udp" : "tcp"));
    }

    @Property
    void anyTextIsReadOrRefusedWithAMessage(@ForAll @StringLength(max = 20) String text) {
        try {
            assertThat(parse(text).count()).isPositive();
        } catch (Unreadable e) {
            assertThat(e).message().isNotBlank();
        }
    }
}
