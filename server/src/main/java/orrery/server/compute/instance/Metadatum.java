package orrery.server.compute.instance;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;

/// Something that is told to a machine's guest. `ssh-keys` has public keys, one a line, that may
/// sign in; `user-data` is handed to cloud-init as it is, instead of all others, which else stand
/// in a file.
public record Metadatum(String key, String value) {
    static final String SSH_KEYS = "ssh-keys";
    static final String USER_DATA = "user-data";

    private static final int MOST = 64;
    private static final int LARGEST = 256 << 10;
    private static final Pattern KEY = Pattern.compile("[-_A-Za-z0-9]{1,127}");

    /// Notes what is wrong with all that a machine's guest is told.
    static void check(Mistakes mistakes, List<Metadatum> all) {
        var keys = new HashSet<String>();
        long size = 0;
        for (int i = 0; i < all.size(); i++) {
            var one = all.get(i);
            var at = "instanceMetadata[" + i + "].key";
            mistakes.check(at, one.key(), it -> KEY.matcher(it).matches(),
                            "must have 1 to 127 letters, digits, '-' and '_'")
                    .check(at, one.key(), keys::add, "is there twice");
            size += one.value() == null ? 0
                    : one.value().getBytes(StandardCharsets.UTF_8).length;
        }
        mistakes.unless(all.size() <= MOST, "instanceMetadata",
                        "must have at most " + MOST + " entries")
                .unless(size <= LARGEST, "instanceMetadata",
                        "must have at most " + LARGEST + " bytes of values");
    }
}
