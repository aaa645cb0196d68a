package orrery.kit.db;

import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/// Brings the tables to the newest shape, at every start.
///
/// Each owner (`kit`, `server`) has its own folder `db/OWNER` and its own history table, so that
/// neither must know the other's versions; kit's go first, since the server's may refer to them.
/// Versions are dates, `V20260324_1200__cluster.sql`: two people who add one never collide, and
/// one that lands late with an early date is still run.
final class Migrations {
    private Migrations() {}

    static void run(DataSource source, List<String> owners) {
        for (var owner : owners) {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:db/" + owner)
                    .table(owner + "_migration")
                    // The other owner's tables are there already.
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .outOfOrder(true)
                    .failOnMissingLocations(true)
                    .validateMigrationNaming(true)
                    .lockRetryCount(120)
                    .load()
                    .migrate();
        }
    }
}
