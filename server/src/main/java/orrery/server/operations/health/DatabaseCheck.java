package orrery.server.operations.health;

import jakarta.enterprise.context.ApplicationScoped;
import java.sql.SQLException;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether the database answers: without it, this server is not ready for anything.
@Readiness
@ApplicationScoped
public class DatabaseCheck implements HealthCheck {
    private static final int SECONDS = 2;

    private final Database database;
    private final Access access;

    DatabaseCheck(Database database, Access access) {
        this.database = database;
        this.access = access;
    }

    @Override
    public HealthCheckResponse call() {
        var answer = HealthCheckResponse.named("database");
        try (var connection = database.dataSource(access.system("health")).getConnection()) {
            return answer.status(connection.isValid(SECONDS)).build();
        } catch (SQLException e) {
            return answer.down().withData("cause", String.valueOf(e.getMessage())).build();
        }
    }
}
