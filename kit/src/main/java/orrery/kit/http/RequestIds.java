package orrery.kit.http;

import java.time.Clock;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// Makes request identifiers: `req_{region}-{unix millis}-{12 lower hex}`.
public final class RequestIds {
    private final String region;
    private final Clock clock;
    private final RandomGenerator random;

    /// @param region where requests are processed, from the deployment's configuration
    public RequestIds(String region, Clock clock, RandomGenerator random) {
        this.region = region;
        this.clock = clock;
        this.random = random;
    }

    public String next() {
        var entropy = HexFormat.of().toHexDigits(random.nextLong()).substring(4);
        return "req_" + region + "-" + clock.millis() + "-" + entropy;
    }
}
