package orrery.sim.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostAdviceTest {
    @Test
    void namesWhatToInstallWhereThereIsNothing() {
        assertThat(HostAdvice.explain(List.of()))
                .contains("forbids sandboxes").endsWith("apt-get install bubblewrap");
    }

    @Test
    void tellsWhatEachSandboxSaid() {
        assertThat(HostAdvice.explain(List.of("bwrap: no", "unshare: Operation not permitted")))
                .contains("bwrap: no; unshare: Operation not permitted")
                .containsAnyOf("sysctl -w", "docker run");
    }
}
