package orrery.sim.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import orrery.sim.type.Json;
import orrery.sim.type.Yaml;
import org.junit.jupiter.api.Test;

class ScalingPaceTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private final ScalingPace pace = new ScalingPace();

    private static JsonNode behavior(String yaml) {
        return Yaml.read(yaml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void doublesAtMostAndWaitsFiveMinutesBeforeItShrinks() {
        var none = Json.object().path("behavior");
        assertThat(pace.next(none, 1, 9, START)).isEqualTo(4);
        assertThat(pace.next(none, 4, 9, START.plusSeconds(15))).isEqualTo(8);
        assertThat(pace.next(none, 9, 2, START.plusSeconds(30))).isEqualTo(9);
        assertThat(pace.next(none, 9, 2, START.plusSeconds(400))).isEqualTo(2);
    }

    @Test
    void growsByTheLargestPolicyOfItsPeriod() {
        var rules = behavior("scaleUp: {policies: [{type: Pods, value: 2, periodSeconds: 60},"
                + " {type: Percent, value: 10, periodSeconds: 60}]}");
        assertThat(pace.next(rules, 5, 50, START)).isEqualTo(7);
        pace.changed(5, 7, START);
        assertThat(pace.next(rules, 7, 50, START.plusSeconds(15))).isEqualTo(7);
        assertThat(pace.next(rules, 7, 50, START.plusSeconds(61))).isEqualTo(9);
    }

    @Test
    void takesTheSmallestPolicyWhenItIsAskedTo() {
        var rules = behavior("scaleUp: {selectPolicy: Min, policies: [{type: Pods, value: 4,"
                + " periodSeconds: 15}, {type: Percent, value: 10, periodSeconds: 15}]}");
        assertThat(pace.next(rules, 10, 50, START)).isEqualTo(11);
    }

    @Test
    void shrinksByThePolicyAndOnlyAfterTheWindow() {
        var rules = behavior("scaleDown: {stabilizationWindowSeconds: 30, policies: [{type: Pods,"
                + " value: 1, periodSeconds: 15}]}");
        assertThat(pace.next(rules, 5, 5, START)).isEqualTo(5);
        assertThat(pace.next(rules, 5, 1, START.plusSeconds(15))).isEqualTo(5);
        assertThat(pace.next(rules, 5, 1, START.plusSeconds(46))).isEqualTo(4);
        pace.changed(5, 4, START.plusSeconds(46));
        assertThat(pace.next(rules, 4, 1, START.plusSeconds(50))).isEqualTo(4);
    }

    @Test
    void neverShrinksWhenThatIsDisabled() {
        var rules = behavior("scaleDown: {stabilizationWindowSeconds: 0, selectPolicy: Disabled}");
        assertThat(pace.next(rules, 5, 1, START)).isEqualTo(5);
        assertThat(pace.next(rules, 5, 6, START.plusSeconds(15))).isEqualTo(5);
    }
}
