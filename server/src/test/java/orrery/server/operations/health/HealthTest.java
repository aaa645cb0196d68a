package orrery.server.operations.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class HealthTest {
    @TestHTTPResource
    URI server;

    @Test
    void isReadyWhenItsDatabaseAndItsRunEngineWork() {
        var ready = Visitor.of(server).get("/q/health/ready");
        assertThat(ready.status()).isEqualTo(200);
        assertThat(ready.text("/status")).isEqualTo("UP");
        assertThat(ready.json().path("checks").findValuesAsText("name"))
                .contains("database", "runs");
        assertThat(Visitor.of(server).get("/q/health/live").status()).isEqualTo(200);
        assertThat(Visitor.of(server).get("/api/v1/healthcheck").text("/status"))
                .isEqualTo("ok");
    }
}
