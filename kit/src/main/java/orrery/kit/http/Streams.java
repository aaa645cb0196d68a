package orrery.kit.http;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import orrery.kit.Problem;
import orrery.kit.access.Principal;
import orrery.kit.http.EventStream.Sent;

/// Writes event streams to their clients, a bounded number for each caller.
///
/// A quiet stream carries a comment now and then, so that both sides notice when the other is
/// gone. The caller's right to listen is asked again as often, however much there is to tell.
@ApplicationScoped
public class Streams {
    /// What every event-stream answer carries beside its type: no cache, no buffering proxy.
    static final Map<String, String> HEADERS = Map.of(
            "Cache-Control", "no-cache", "X-Accel-Buffering", "no");
    private static final int PER_CALLER = 20;
    private static final Duration BEAT = Duration.ofSeconds(15);

    private final Doorkeeper doorkeeper;
    private final Map<String, Integer> open = new ConcurrentHashMap<>();

    Streams(Doorkeeper doorkeeper) {
        this.doorkeeper = doorkeeper;
    }

    /// @throws Problem.Failure [Problem.RateLimited] when the caller has too many streams open
    StreamingOutput output(RoutingContext context, EventStream stream, Principal principal) {
        var caller = principal.isAnonymous()
                ? Exchange.of(context).address() : principal.kind() + " " + principal.id();
        if (open.merge(caller, stream.weight(), Integer::sum) > PER_CALLER) {
            left(caller, stream);
            stream.close();
            throw new Problem.RateLimited(BEAT).raise();
        }
        // Also reached when the client hangs up: then it wakes the writer.
        context.addEndHandler(_ -> stream.close());
        return out -> {
            try (stream) {
                write(context, stream, out);
            } catch (IOException e) {
                // The client is gone; nobody is left to tell.
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                left(caller, stream);
            }
        };
    }

    private void write(RoutingContext context, EventStream stream, OutputStream out)
            throws IOException, InterruptedException {
        send(out, stream.first());
        long asked = System.nanoTime();
        while (!stream.isOver() && !context.response().closed()) {
            var events = stream.next(BEAT);
            send(out, events);
            if (events.isEmpty() || System.nanoTime() - asked > BEAT.toNanos()) {
                if (!doorkeeper.mayStill(context)) {
                    return;
                }
                asked = System.nanoTime();
            }
        }
    }

    private static void send(OutputStream out, List<Sent> events) throws IOException {
        var text = new StringBuilder();
        events.forEach(event -> append(text, event));
        out.write((text.isEmpty() ? ":\n\n" : text.toString()).getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    static void append(StringBuilder out, Sent event) {
        if (event.id() != null) {
            out.append("id: ").append(event.id()).append('\n');
        }
        out.append("event: ").append(event.name()).append('\n');
        var data = event.data() instanceof String text ? text : Json.text(event.data());
        data.lines().forEach(line -> out.append("data: ").append(line).append('\n'));
        out.append('\n');
    }

    private void left(String caller, EventStream stream) {
        open.computeIfPresent(caller, (_, count) ->
                count <= stream.weight() ? null : count - stream.weight());
    }
}
