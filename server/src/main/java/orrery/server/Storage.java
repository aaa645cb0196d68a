package orrery.server;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import orrery.kit.db.Address;
import orrery.kit.db.Database;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.db.Limits;
import org.jspecify.annotations.Nullable;

/// The PostgreSQL that everything is kept in: the operator's own, else the embedded one.
@Singleton
final class Storage {
    private final @Nullable EmbeddedPostgres embedded;
    private final Database database;

    Storage(Storing storing) {
        embedded = storing.databaseUrl() == null
                ? EmbeddedPostgres.start(storing.data().resolve("postgres")) : null;
        database = Database.open(address(storing), Limits.DEFAULT, "server");
    }

    private Address address(Storing storing) {
        if (embedded != null) {
            return embedded.address();
        }
        return Address.parse(storing.databaseUrl(),
                storing.databaseUser() == null ? "orrery" : storing.databaseUser(),
                storing.databasePassword() == null ? "" : storing.databasePassword());
    }

    Database database() {
        return database;
    }

    @PreDestroy
    void close() {
        database.close();
        if (embedded != null) {
            embedded.close();
        }
    }
}
