package orrery.server.compute.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NewNetworkTest {
    private static NewNetwork network(String cidr) {
        return new NewNetwork(null, null, null, Map.of(), cidr, Network.Role.CUSTOM);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "10.1.0.0/16", "192.168.0.16/28", "172.16.0.0/12",
        "fd00::/48", "fd00:1:2:3::/64"})
    void takesPrivateRanges(String cidr) {
        assertThat(network(cidr).cidr()).isEqualTo(cidr);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.1/16", "10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "a/8", "/8",
        "10.0.0.0/8/8", "10.0.0.0/ 8", "localhost/8", "fe80::1%eth0/64", ""})
    void refusesWhatIsNoNetworkAddress(String cidr) {
        assertThatThrownBy(() -> network(cidr)).hasMessageContaining("must be a network address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/7", "10.0.0.0/29", "0.0.0.0/0"})
    void refusesRangesThatAreTooWideOrTooNarrow(String cidr) {
        assertThatThrownBy(() -> network(cidr)).hasMessageContaining("cidr");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.0/24", "169.254.0.0/16", "127.0.0.0/8", "2001:db8::/48"})
    void refusesOtherPeoplesAddresses(String cidr) {
        assertThatThrownBy(() -> network(cidr)).hasMessageContaining("must lie in 10.0.0.0/8");
    }

    @Test
    void tellsAllMistakesAtOnce() {
        assertThatThrownBy(() -> new NewNetwork("Bad_Name", " ", "x".repeat(1025), Map.of(),
                "1.2.3.4/99", Network.Role.CUSTOM))
                .hasMessageContaining("field=name").hasMessageContaining("field=displayName")
                .hasMessageContaining("field=description").hasMessageContaining("field=cidr");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.1.0.0/16,true", "10.1.0.0/16,10.0.0.0/8,true",
        "10.0.0.0/16,10.1.0.0/16,false", "10.0.0.0/24,10.0.0.0/24,true",
        "10.0.0.0/8,fd00::/8,false"})
    void knowsWhichRangesOverlap(String one, String other, boolean overlap) {
        assertThat(Cidr.parse(one).orElseThrow().overlaps(Cidr.parse(other).orElseThrow()))
                .isEqualTo(overlap);
    }
}
