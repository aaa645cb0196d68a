package orrery.server.auth.factor;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import orrery.kit.db.Tx;
import orrery.server.auth.token.RandomSecrets;

/// Ten codes to print, for who has lost everything else that the account asks for.
@Singleton
public final class RecoveryCodes {
    private static final int COUNT = 10;

    /// Without letters and digits that are taken for each other: 5 bits each, 80 in a code.
    private static final String ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final int LETTERS = 16;
    private static final int GROUP = 4;

    private final RecoveryCodeTable table = new RecoveryCodeTable();
    private final RandomGenerator random;

    public RecoveryCodes(RandomGenerator random) {
        this.random = random;
    }

    /// New ones, shown this once; older ones count no longer.
    List<String> renew(Tx tx, String user) {
        var codes = Stream.generate(this::next).limit(COUNT).toList();
        table.delete(tx, user);
        table.insert(tx, user, codes.stream().map(code -> hash(user, code)).toList());
        return codes;
    }

    /// Whether it is one of the person's, which it is from then on no longer.
    boolean use(Tx tx, String user, String code) {
        return table.use(tx, user, hash(user, code));
    }

    int left(Tx tx, String user) {
        return table.count(tx, user);
    }

    void clear(Tx tx, String user) {
        table.delete(tx, user);
    }

    private String next() {
        return IntStream.range(0, LETTERS)
                .mapToObj(i -> (i > 0 && i % GROUP == 0 ? "-" : "")
                        + ALPHABET.charAt(random.nextInt(ALPHABET.length())))
                .collect(Collectors.joining());
    }

    private static byte[] hash(String user, String code) {
        return RandomSecrets.hash(user + " "
                + code.toUpperCase(Locale.ROOT).replaceAll("[^0-9A-Z]", ""));
    }
}
