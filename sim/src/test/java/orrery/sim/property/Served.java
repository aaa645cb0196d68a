package orrery.sim.property;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import orrery.sim.api.ApiServer;
import orrery.sim.fault.Outages;
import orrery.sim.identity.Keys;
import orrery.sim.identity.Kubeconfigs;
import orrery.sim.identity.Tokens;
import orrery.sim.store.Ids;
import orrery.sim.store.Region;

/// A region behind its API server, without operators: nothing happens but what is asked for.
record Served(Region region, ApiServer server, Kubeconfigs kubeconfigs) implements AutoCloseable {
    static Served start() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target"), "property-").toAbsolutePath();
        Clock clock = Clock.systemUTC();
        Keys keys = new Keys(folder.resolve("keys"), "127.0.0.1", clock, new SecureRandom());
        Tokens tokens = new Tokens(keys, clock);
        Region region = Region.open(folder.resolve("region.db"), clock,
                new Ids(new SecureRandom()), failure -> { });
        ApiServer server = ApiServer.start(region, keys, tokens, clock,
                new ApiServer.Behind(ApiServer.withoutContainers(), (cluster, pod) -> List.of(),
                        new Outages("none"), List.of()), "127.0.0.1", 0);
        return new Served(region, server,
                new Kubeconfigs("https://127.0.0.1:" + server.port(), keys, tokens));
    }

    @Override
    public void close() {
        server.close();
        region.close();
    }
}
