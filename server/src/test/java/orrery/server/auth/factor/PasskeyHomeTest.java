package orrery.server.auth.factor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasskeyHomeTest {
    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:8080, http://localhost:8080",
        "http://[::1]:8080, http://localhost:8080",
        "http://localhost:8080, http://localhost:8080",
        "https://cloud.example.com, https://cloud.example.com",
        "https://cloud.example.com:8443, https://cloud.example.com:8443",
    })
    void browsersUsePasskeysAtNames(String issuer, String home) {
        assertThat(String.valueOf(Passkeys.home(issuer).orElseThrow())).isEqualTo(home);
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://192.0.2.7", "https://[2001:db8::1]:8443"})
    void anAddressOfAnotherMachineHasNone(String issuer) {
        assertThat(Passkeys.home(issuer)).isEmpty();
    }

    @Test
    void aNameThatBeginsAsAnAddressIsAName() {
        assertThat(Passkeys.home("https://127.0.0.1.example.com")).isPresent();
    }
}
