package orrery.kit.http;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import orrery.kit.events.Event;
import orrery.kit.events.Subscription;
import org.jspecify.annotations.Nullable;

/// A stream of server-sent events (HTML living standard 9.2) as a handler describes it:
///
/// ```java
/// var feed = events.subscribe(grant, filter, lastEventId);
/// return Answer.events(new EventStream(feed, List.of(snapshot), event -> Sent.of(event, view)));
/// ```
///
/// Events come in the log's order, each once; a client that reconnects with `Last-Event-ID`, to
/// whatever server process, goes on where it was.
public final class EventStream implements AutoCloseable {
    private final Source source;
    private final List<Sent> first;
    private final int weight;
    private boolean over;

    /// Where events come from, one after the other, for one reader.
    public interface Source extends AutoCloseable {
        /// What comes next; empty when nothing did within `patience`, or when it is closed.
        List<Sent> next(Duration patience) throws InterruptedException;

        /// Whether nothing comes any more.
        boolean isOver();

        /// Also called by another thread than the reader's, which it wakes.
        @Override
        void close();
    }

    /// One event on the wire.
    ///
    /// @param id what a client gives back to go on after it; `null` for one that is no place to
    ///     go on from, such as a snapshot
    /// @param name the event's type
    /// @param data written as one line of JSON; a text is sent as it is
    /// @param last whether the stream ends after it
    public record Sent(@Nullable String id, String name, Object data, boolean last) {
        public static Sent of(Event event, String name, Object data) {
            return new Sent(event.position().token(), name, data, false);
        }

        public static Sent snapshot(String name, Object data) {
            return new Sent(null, name, data, false);
        }

        public Sent andEnd() {
            return new Sent(id, name, data, true);
        }
    }

    /// @param subscription opened before the snapshot was read, so that nothing falls between; it
    ///     is closed with the stream
    /// @param first sent at once
    /// @param shown how an event is shown; empty to leave it out
    public EventStream(
            Subscription subscription, List<Sent> first, Function<Event, Optional<Sent>> shown) {
        this(new Logged(subscription, shown), first, 1);
    }

    /// Of events that do not stand in the log.
    ///
    /// @param source closed with the stream
    /// @param weight how much it costs, in streams of the log: a caller's are limited
    public EventStream(Source source, List<Sent> first, int weight) {
        this.source = source;
        this.first = List.copyOf(first);
        this.weight = weight;
        this.over = this.first.stream().anyMatch(Sent::last);
    }

    private record Logged(Subscription subscription, Function<Event, Optional<Sent>> shown)
            implements Source {
        @Override
        public List<Sent> next(Duration patience) throws InterruptedException {
            return subscription.next(patience).stream()
                    .flatMap(event -> shown.apply(event).stream()).toList();
        }

        @Override
        public boolean isOver() {
            return subscription.isClosed();
        }

        @Override
        public void close() {
            subscription.close();
        }
    }

    List<Sent> first() {
        return first;
    }

    int weight() {
        return weight;
    }

    /// What comes next; empty when nothing did within `patience`.
    List<Sent> next(Duration patience) throws InterruptedException {
        var out = new ArrayList<Sent>();
        for (var sent : source.next(patience)) {
            out.add(sent);
            if (sent.last()) {
                over = true;
                break;
            }
        }
        return out;
    }

    boolean isOver() {
        return over || source.isOver();
    }

    @Override
    public void close() {
        source.close();
    }
}
