package orrery.server;

import java.util.List;
import java.util.Set;
import orrery.kit.config.Configuration;

/// Every settings record of the server. `api/config.md` is made of them.
final class Settings {
    static final List<Class<? extends Record>> ALL = List.of(
            Listening.class,
            Storing.class,
            Limits.class,
            Mailing.class,
            Connecting.class,
            Federating.class);

    /// Variables with our prefix that the command line reads, not the server.
    private static final Set<String> OF_OTHERS =
            Set.of("ORRERY_URL", "ORRERY_EMAIL", "ORRERY_PASSWORD", "ORRERY_TOKEN");

    private Settings() {}

    /// @throws orrery.kit.config.WrongSettings with every mistake
    static Configuration read(String... arguments) {
        return Configuration.ofProcess(ALL, OF_OTHERS, List.of(arguments));
    }
}
