package orrery.sim.store;

import java.util.UUID;
import java.util.random.RandomGenerator;

/// What the server makes up: uids and the ends of generated names, from a given source.
public final class Ids {
    /// Kubernetes' own alphabet: no vowels and no look-alikes, so no words arise.
    private static final String LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX = 5;
    private static final int MAX_BASE = 63 - SUFFIX;

    private final RandomGenerator random;

    public Ids(RandomGenerator random) {
        this.random = random;
    }

    /// A version 4 UUID (RFC 9562).
    public synchronized String uid() {
        long high = random.nextLong() & ~0xF000L | 0x4000L;
        long low = random.nextLong() & ~(0xCL << 60) | 0x8L << 60;
        return new UUID(high, low).toString();
    }

    /// `base` and five random letters, cut to 63.
    public synchronized String name(String base) {
        StringBuilder name = new StringBuilder(base);
        name.setLength(Math.min(base.length(), MAX_BASE));
        for (int i = 0; i < SUFFIX; i++) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }
}
