package orrery.server;

import java.nio.file.Path;
import orrery.kit.config.Setting;
import org.jspecify.annotations.Nullable;

/// Where everything is kept.
record Storing(
        @Setting(name = "DATA", or = "~/.local/share/orrery", is = "data folder: the embedded"
                + " database, the sealing key, the setup code", option = "--data")
        Path data,
        @Setting(name = "DATABASE_URL", is = "a PostgreSQL of your own:"
                + " postgresql://user:password@host:5432/name; else one is embedded")
        @Nullable String databaseUrl,
        @Setting(name = "DATABASE_USER", is = "its user, where the URL names none")
        @Nullable String databaseUser,
        @Setting(name = "DATABASE_PASSWORD", is = "its password, where the URL has none")
        @Nullable String databasePassword,
        @Setting(name = "SEALING_KEY_FILE", is = "the key that stored secrets are sealed with;"
                + " needed with a database of your own, else made in the data folder")
        @Nullable Path sealingKeyFile) {

    Storing {
        if (databaseUrl != null && sealingKeyFile == null) {
            throw new IllegalArgumentException("ORRERY_DATABASE_URL needs ORRERY_SEALING_KEY_FILE:"
                    + " every server on that database must read the same key (32 random bytes,"
                    + " such as `head -c 32 /dev/urandom > FILE`, mode 0600)");
        }
    }

    /// Where the sealing keys are.
    Path sealingKey() {
        return sealingKeyFile != null ? sealingKeyFile : data.resolve("sealing-key");
    }
}
