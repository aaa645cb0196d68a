package orrery.server.auth.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LockoutTest {
    @Test
    void pausesTwiceAsLongAfterEachFailureUpToAQuarterOfAnHour() {
        assertThat(Lockout.pause(0)).isEqualTo(Duration.ofSeconds(30));
        assertThat(Lockout.pause(1)).isEqualTo(Duration.ofMinutes(1));
        assertThat(Lockout.pause(4)).isEqualTo(Duration.ofMinutes(8));
        assertThat(Lockout.pause(5)).isEqualTo(Duration.ofMinutes(15));
        assertThat(Lockout.pause(1_000_000)).isEqualTo(Duration.ofMinutes(15));
    }
}
