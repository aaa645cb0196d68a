package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.time.Clock;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;

/// Whether this server has its first user, who becomes its operator.
@Singleton
public final class Founding {
    private final InstallationTable table = new InstallationTable();
    private final Database database;
    private final Grant system;
    private final Clock clock;

    public Founding(Database database, Access access, Clock clock) {
        this.database = database;
        this.system = access.system("founding");
        this.clock = clock;
    }

    /// Whether the server still waits for its first user.
    public boolean isAwaited() {
        return !database.read(system, table::isFounded);
    }

    /// Makes `user` the first one. Whether it is: of two at once, one is.
    boolean claim(Tx tx, String user) {
        return table.found(tx, user, clock.instant());
    }
}
