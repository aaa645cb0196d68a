package orrery.server.auth.setup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SetupApiTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true", "::1, true", "0:0:0:0:0:0:0:1, true", "::ffff:127.0.0.1, true",
        "127.64.0.1, false", "127.0.0.2, false", "10.0.0.1, false", "unknown, false"})
    void onlyABrowserAtThisMachineGetsTheCode(String address, boolean here) {
        assertThat(SetupApi.isHere(address)).isEqualTo(here);
    }
}
