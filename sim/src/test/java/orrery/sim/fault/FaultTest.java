package orrery.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultTest {
    @Test
    void readsEachForm() {
        assertThat(Fault.parse("fail at inspecting: no disk; hang at power;slow 2.5; "
                + "slow 10 at workers; flap 500ms; lost;  away")).containsExactly(
                new Fault.Fail("inspecting", "no disk"), new Fault.Hang("power"),
                new Fault.Slow(2.5, ""), new Fault.Slow(10, "workers"),
                new Fault.Flap(Duration.ofMillis(500)), new Fault.Lost(), new Fault.Away());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "fail", "fail inspecting", "hang", "slow", "slow 5s", "flap",
        "flap 5", "flap 1ms", "lost at power", "away 3", "slow 100001", "explode", "hang at x: y"})
    void refusesWhatIsNoFault(String text) {
        assertThatThrownBy(() -> Fault.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching("(?s).*(write|at most|flaps).*");
    }

    @Test
    void refusesAFaultThatAKindCannotHave() {
        assertThatThrownBy(() -> Target.NODE.check(Fault.parse("fail at power")))
                .hasMessage("fail is no fault of kind Node");
        assertThatThrownBy(() -> Target.BARE_METAL_HOST.check(Fault.parse("hang at workers")))
                .hasMessage("BareMetalHost has no phase \"workers\": it has deprovisioning,"
                        + " inspecting, power, preparing, provisioning, registering");
        Target.CLUSTER_DEPLOYMENT.check(Fault.parse("fail at workers; slow 3; away; flap 1s"));
    }
}
