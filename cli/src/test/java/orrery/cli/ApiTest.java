package orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ApiTest {
    @Test
    void sendsAChangeAgainUnderTheSameKeyWhenItsAnswerWasLost() throws Exception {
        var keys = new CopyOnWriteArrayList<String>();
        var calls = new AtomicInteger();
        try (var server = new TestServer(exchange -> {
            keys.add(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            if (calls.incrementAndGet() == 1) {
                exchange.close();
                return;
            }
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        })) {
            var answer = server.api(Duration.ofSeconds(20)).post("/v1/things", Map.of());

            assertThat(answer.status()).isEqualTo(201);
            assertThat(keys).hasSizeGreaterThanOrEqualTo(2);
            assertThat(List.copyOf(keys)).containsOnly(keys.getFirst()).doesNotContainNull();
        }
    }

    @Test
    void saysWhatToDoWhenNobodyAnswers() throws Exception {
        Api api;
        try (var server = new TestServer(_ -> { })) {
            api = server.api(Duration.ZERO);
        }
        assertThatThrownBy(() -> api.get("/"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("does not answer")
                .hasMessageContaining("Start it with ./run");
    }
}
