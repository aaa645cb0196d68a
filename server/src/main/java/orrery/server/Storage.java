package orrery.server;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import orrery.kit.db.Address;
import orrery.kit.db.Database;
import orrery.kit.db.EmbeddedPostgres;
import org.jspecify.annotations.Nullable;

/// The PostgreSQL that everything is kept in: the operator's own, else the embedded one.
@Singleton
final class Storage {
    private final @Nullable EmbeddedPostgres embedded;
    private final Address address;
    private final Database database;

    Storage(Storing storing) {
        embedded = storing.databaseUrl() == null
                ? EmbeddedPostgres.start(storing.data().resolve("postgres")) : null;
        try {
            address = embedded == null ? own(storing) : embedded.address();
            database = Database.open(address, orrery.kit.db.Limits.DEFAULT, "server");
        } catch (RuntimeException e) {
            // What is not made is not closed by anybody else.
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    private static Address own(Storing storing) {
        return Address.parse(storing.databaseUrl(),
                storing.databaseUser() == null ? "orrery" : storing.databaseUser(),
                storing.databasePassword() == null ? "" : storing.databasePassword());
    }

    Address address() {
        return address;
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
