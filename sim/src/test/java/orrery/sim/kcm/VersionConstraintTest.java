package orrery.sim.kcm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionConstraintTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        ">= 1.30.0, < 1.33.0;v1.32.9;true", ">= 1.30.0, < 1.33.0;1.33.0;false",
        ">=1.30 <1.33;1.30.0;true", "^1.31;1.40.2;true", "^1.31;2.0.0;false",
        "~1.32.1;1.32.9;true", "~1.32.1;1.33.0;false", "~1;1.9.0;true",
        "1.31.x;1.31.7;true", "1.31;1.31.7;true", "1.31.x;1.32.0;false",
        "1.30 - 1.33;1.33.9;true", "1.30 - 1.33;1.34.0;false",
        "< 1.30 || > 1.32;1.33.0;true", "< 1.30 || > 1.32;1.32.4;false",
        "!= 1.32.x;1.32.4;false", "*;v1.36.3+k0s.2;true", "^0.2.3;0.2.9;true",
        "^0.2.3;0.3.0;false"})
    void readsConstraintsAsHelmDoes(String constraint, String version, boolean allowed) {
        assertThat(VersionConstraint.parse(constraint).orElseThrow().allows(version))
                .isEqualTo(allowed);
    }

    @Test
    void knowsWhatIsNoConstraint() {
        assertThat(VersionConstraint.parse("")).isEmpty();
        assertThat(VersionConstraint.parse("newest")).isEmpty();
        assertThat(VersionConstraint.parse(">= 1.30 ||")).isEmpty();
        assertThat(VersionConstraint.isVersion("v1.34.3")).isTrue();
        assertThat(VersionConstraint.isVersion("1.34")).isFalse();
    }
}
