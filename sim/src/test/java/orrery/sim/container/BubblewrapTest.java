package orrery.sim.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class BubblewrapTest extends SandboxContract {
    @Override
    Optional<Path> bubblewrap() {
        var found = Optional.ofNullable(System.getProperty("bwrap")).map(Path::of)
                .or(() -> HostPrograms.find("bwrap"));
        Assumptions.assumeTrue(found.isPresent(), "bubblewrap is not installed");
        return found;
    }

    @Test
    void filtersSystemCalls() throws Exception {
        var said = run(cell("a", java.util.List.of()), "grep Seccomp: /proc/self/status");
        assertThat(said.output()).isEqualTo("Seccomp:\t2\n");
    }
}
