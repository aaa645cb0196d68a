package orrery.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @Test
    void goesOnBehindTheLastEventWhenTheServerGoesAway() throws Exception {
        var asked = new CopyOnWriteArrayList<String>();
        try (var server = new TestServer(exchange -> {
            var last = exchange.getRequestHeaders().getFirst("Last-Event-ID");
            asked.add(Objects.requireNonNullElse(last, ""));
            send(exchange, last == null
                    ? ": heartbeat\n\nid: 7\nevent:a\ndata:{\"n\":1}\n\n"
                    : "id: 8\nevent: b\ndata: two\ndata: lines\n\n");
        })) {
            var seen = new ArrayList<EventStream.Event>();
            new EventStream(server.api(LIMIT), "/events").follow(LIMIT, () -> "", event -> {
                seen.add(event);
                return event.name().equals("b");
            });

            assertThat(asked).containsExactly("", "7");
            assertThat(seen).isEqualTo(List.of(
                    new EventStream.Event("a", "{\"n\":1}"),
                    new EventStream.Event("b", "two\nlines")));
        }
    }

    @Test
    void endsASilentStreamAtTheLimit() throws Exception {
        try (var server = new TestServer(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(": silent\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        })) {
            var stream = new EventStream(server.api(LIMIT), "/events");
            assertThatThrownBy(() -> stream.follow(
                    Duration.ofMillis(300), () -> "nothing was said", _ -> true))
                    .isInstanceOf(Refused.class)
                    .hasMessageStartingWith("nothing was said within");
        }
    }

    private static void send(HttpExchange exchange, String text) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
        exchange.close();
    }
}
