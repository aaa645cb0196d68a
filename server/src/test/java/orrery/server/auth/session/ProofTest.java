package orrery.server.auth.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import orrery.server.auth.session.Proof.Level;
import orrery.server.auth.session.Proof.Method;
import org.junit.jupiter.api.Test;

class ProofTest {
    @Test
    void twoFactorsAreTwoDifferentThings() {
        assertThat(Proof.BY_PASSWORD.level()).isEqualTo(Level.SINGLE);
        assertThat(Proof.BY_PASSWORD.and(Method.PASSWORD).level()).isEqualTo(Level.SINGLE);
        assertThat(Proof.of(Method.FEDERATED).level()).isEqualTo(Level.SINGLE);
        assertThat(Proof.of(Method.CODE).level()).isEqualTo(Level.SINGLE);
        assertThat(Proof.BY_PASSWORD.and(Method.CODE).level()).isEqualTo(Level.MULTIPLE);
        assertThat(Proof.of(Method.PASSKEY).level()).isEqualTo(Level.PHISHING_RESISTANT);
    }

    @Test
    void namesMethodsAsTheRegistryDoesAndReadsThemBack() {
        var both = Proof.BY_PASSWORD.and(Method.CODE);
        assertThat(both.amr()).containsExactly("pwd", "otp", "mfa");
        assertThat(Proof.read(both.amr())).isEqualTo(both);
        assertThat(Proof.read(List.of("pwd"))).isEqualTo(Proof.BY_PASSWORD);
        assertThat(Proof.of(Method.PASSKEY).amr()).containsExactly("hwk", "mfa");
    }
}
