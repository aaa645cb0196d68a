package orrery.server.compute.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import orrery.kit.kube.Trees;
import orrery.server.compute.instance.Machine.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTest {
    private static Machine said(String strategy, String printed, String ready) {
        return Machine.of(Trees.read("""
                metadata: {generation: 2}
                spec: {runStrategy: %s}
                status:
                  observedGeneration: 2
                  printableStatus: %s
                  conditions:
                  - {type: Ready, status: '%s', message: the guest does not answer,
                     lastTransitionTime: '2026-01-01T00:00:00Z'}
                """.formatted(strategy, printed, ready)));
    }

    @ParameterizedTest
    @CsvSource({
        "RerunOnFailure, Running, True, RUNNING",
        "RerunOnFailure, Migrating, True, RUNNING",
        "RerunOnFailure, Running, False, BROKEN",
        "RerunOnFailure, Paused, False, PAUSED",
        "RerunOnFailure, Stopped, False, STOPPED",
        "RerunOnFailure, Provisioning, False, STARTING",
        "RerunOnFailure, ErrorUnschedulable, False, STARTING",
        "RerunOnFailure, CrashLoopBackOff, False, BROKEN",
        "RerunOnFailure, DataVolumeError, False, BROKEN",
        "Halted, Running, True, STOPPING",
        "Halted, Stopping, False, STOPPING",
        "Halted, Stopped, False, STOPPED"})
    void saysInOneWordHowItIs(String strategy, String printed, String ready, Verdict verdict) {
        assertThat(said(strategy, printed, ready).verdict()).isEqualTo(verdict);
    }

    @Test
    void saysWhatIsWrongAndSinceWhen() {
        var broken = said("RerunOnFailure", "CrashLoopBackOff", "False");
        assertThat(broken.text()).isEqualTo("CrashLoopBackOff: the guest does not answer");
        assertThat(broken.since()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    }

    @Test
    void whatWasSaidOfAnEarlierDescriptionDoesNotCount() {
        var vm = Trees.read("""
                metadata:
                  generation: 3
                  managedFields: [{manager: orrery, time: '2026-02-01T00:00:00Z'}]
                spec: {runStrategy: RerunOnFailure}
                status: {observedGeneration: 2, printableStatus: Stopped}
                """);
        assertThat(Machine.of(vm).verdict()).isEqualTo(Verdict.STARTING);
        assertThat(Machine.of(vm).since()).isEqualTo(Instant.parse("2026-02-01T00:00:00Z"));
    }
}
