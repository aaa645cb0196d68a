package orrery.sim.container;

import java.nio.file.Path;
import java.util.Optional;

class UnshareTest extends SandboxContract {
    @Override
    Optional<Path> bubblewrap() {
        return Optional.empty();
    }
}
