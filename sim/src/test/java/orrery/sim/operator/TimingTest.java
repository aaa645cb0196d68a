package orrery.sim.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimingTest {
    @Test
    void takesATableAndChangesToIt() {
        var timing = Timing.parse("realistic, metal3=1s, metal3.power=20ms, pull=3s");
        assertThat(timing.of("metal3", "inspecting")).isEqualTo(Duration.ofSeconds(1));
        assertThat(timing.of("metal3", "power")).isEqualTo(Duration.ofMillis(20));
        assertThat(timing.of("kcm", "workers")).isEqualTo(Duration.ofMinutes(5));
        assertThat(timing.pull()).isEqualTo(Duration.ofSeconds(3));
        assertThat(Timing.parse("quick")).isEqualTo(Timing.DEFAULT);
    }

    @Test
    void namesEveryMistake() {
        assertThatThrownBy(() -> Timing.parse("slow,metal3.power=fast,kcm.coffee=1s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"slow\" is neither")
                .hasMessageContaining("\"metal3.power=fast\" is neither")
                .hasMessageContaining("\"kcm.coffee\" is none of pull, backoff,")
                .hasMessageContaining("metal3.inspecting");
    }
}
