package orrery.kit.durable;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class EngineHealthTest {
    @Test
    void anEngineWithoutADatabaseDoesNotWork() {
        var test = TestDatabase.create();
        try (var process = new TestProcess(test.address(), TestProcess.LIMITS)) {
            assertThat(process.engine().isWorking()).as("not started").isFalse();
            process.engine().start(List.of());
            assertThat(process.engine().isWorking()).isTrue();
            test.close();
            Awaitility.await().atMost(Duration.ofSeconds(60))
                    .until(() -> !process.engine().isWorking());
        }
    }
}
