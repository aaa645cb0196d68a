package orrery.server.operations.health;

import jakarta.enterprise.context.ApplicationScoped;
import orrery.kit.durable.RunEngine;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/// Whether the run engine works: a server that accepts what it never carries out is not ready.
@Readiness
@ApplicationScoped
public class RunsCheck implements HealthCheck {
    private final RunEngine engine;

    RunsCheck(RunEngine engine) {
        this.engine = engine;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("runs").status(engine.isWorking()).build();
    }
}
