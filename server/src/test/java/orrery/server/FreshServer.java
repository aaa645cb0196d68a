package orrery.server;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.nio.file.Path;
import java.util.UUID;

/// A server with a data folder of its own, on which nobody has registered yet. Test classes with
/// this very profile share it; a class that must be the first extends it.
public class FreshServer implements QuarkusTestProfile {
    @Override
    public String[] commandLineParameters() {
        var folder = Path.of("target", "fresh", UUID.randomUUID().toString());
        return new String[] {"--data", folder.toAbsolutePath().toString()};
    }
}
