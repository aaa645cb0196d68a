package orrery.sim.api;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import orrery.sim.store.Change;
import orrery.sim.store.Cluster;
import orrery.sim.store.Feed;
import orrery.sim.store.Item;
import orrery.sim.type.Json;
import orrery.sim.type.Refusal;

/// One watch: what is there already when that was asked for, then every change, in order, once.
///
/// It runs on its connection's event loop. It reads the feed only while the
/// connection takes more, so a slow client costs no memory; it is ended when it falls behind.
final class Watch {
    private static final int BATCH = 128;
    private static final long BOOKMARK_MILLIS = 60_000;
    private static final long MAX_SECONDS = 3600;

    private final Cluster cluster;
    private final Target target;
    private final Predicate<Item> filter;
    private final Rendering rendering;
    private final boolean bookmarks;
    private final long seconds;
    private final Deque<Item> initial = new ArrayDeque<>();
    private boolean initialBookmark;
    private long after;
    private boolean first = true;

    private Vertx vertx;
    private Sink sink;
    private Feed.Follower follower;
    private io.vertx.core.Context loop;
    private final List<Long> timers = new java.util.ArrayList<>();
    private boolean ended;

    /// Where events go: the body of an answer, or a WebSocket.
    private interface Sink {
        void write(byte[] event);

        boolean full();

        void end();
    }

    private Watch(Call call, Target target, Predicate<Item> filter) {
        this.cluster = call.cluster();
        this.target = target;
        this.filter = filter;
        this.rendering = Rendering.of(call, target);
        this.bookmarks = call.flag("allowWatchBookmarks");
        long asked = call.number("timeoutSeconds", MAX_SECONDS);
        this.seconds = asked == 0 ? MAX_SECONDS : Math.clamp(asked, 0, MAX_SECONDS);
    }

    static Watch of(Call call, Target target, Predicate<Item> filter) {
        Watch watch = new Watch(call, target, filter);
        watch.after = call.number("resourceVersion", 0);
        watch.initialBookmark = call.flag("sendInitialEvents");
        if (watch.after == 0 || watch.initialBookmark) {
            Cluster.Page page = call.cluster()
                    .list(target.type().key(), target.namespace(), filter, 0, null);
            watch.initial.addAll(page.items());
            watch.after = page.version();
        }
        return watch;
    }

    /// Begins to answer, on the connection's event loop.
    void start(HttpServerRequest http, Vertx vertx) {
        this.vertx = vertx;
        this.loop = vertx.getOrCreateContext();
        if ("websocket".equalsIgnoreCase(http.getHeader("Upgrade"))) {
            http.toWebSocket().onSuccess(this::overWebSocket);
        } else {
            overHttp(http.response());
        }
    }

    private void overHttp(HttpServerResponse response) {
        if (response.closed()) {
            return;
        }
        response.setChunked(true).setStatusCode(200);
        response.putHeader("Content-Type", "application/json");
        response.putHeader("Cache-Control", "no-cache, private");
        response.closeHandler(gone -> close());
        response.exceptionHandler(gone -> close());
        response.drainHandler(ready -> drain());
        response.write(Buffer.buffer());
        begin(new Sink() {
            @Override
            public void write(byte[] event) {
                response.write(Buffer.buffer(event));
            }

            @Override
            public boolean full() {
                return response.writeQueueFull();
            }

            @Override
            public void end() {
                response.end();
            }
        });
    }

    private void overWebSocket(ServerWebSocket socket) {
        socket.closeHandler(gone -> close());
        socket.exceptionHandler(gone -> close());
        socket.drainHandler(ready -> drain());
        begin(new Sink() {
            @Override
            public void write(byte[] event) {
                socket.writeTextMessage(new String(event, StandardCharsets.UTF_8));
            }

            @Override
            public boolean full() {
                return socket.writeQueueFull();
            }

            @Override
            public void end() {
                socket.close();
            }
        });
    }

    private void begin(Sink sink) {
        this.sink = sink;
        timers.add(vertx.setTimer(Math.max(1, seconds * 1000), late -> end()));
        if (bookmarks) {
            timers.add(vertx.setPeriodic(BOOKMARK_MILLIS, tick -> bookmark(false)));
        }
        try {
            follower = cluster.feed().follow(target.type().key(), target.namespace(), after,
                    () -> loop.runOnContext(ready -> drain()));
            drain();
        } catch (Refusal refusal) {
            fail(refusal);
        }
    }

    private void drain() {
        try {
            while (!ended && !sink.full()) {
                if (!initial.isEmpty()) {
                    send("ADDED", initial.poll());
                    continue;
                }
                if (initialBookmark) {
                    initialBookmark = false;
                    bookmark(true);
                }
                List<Change> changes = follower.read(BATCH);
                if (changes.isEmpty()) {
                    return;
                }
                changes.forEach(this::send);
            }
        } catch (Refusal refusal) {
            fail(refusal);
        }
    }

    /// A change seen through the filter: an object may come into it and leave it.
    private void send(Change change) {
        boolean was = change.old() != null && filter.test(change.old());
        boolean is = change.now() != null && filter.test(change.now());
        if (is) {
            send(was ? "MODIFIED" : "ADDED", change.now());
        } else if (was) {
            send("DELETED", change.removed() ? change.last() : change.now());
        }
    }

    private void send(String type, Item item) {
        write(type, rendering.event(item, first));
        first = false;
    }

    private void bookmark(boolean afterInitial) {
        if (ended || !initial.isEmpty()) {
            return;
        }
        var object = Json.object().put("kind", target.type().kind())
                .put("apiVersion", target.type().apiVersion());
        var metadata = object.putObject("metadata")
                .put("resourceVersion", Long.toString(afterInitial ? after : follower.seen()))
                .putNull("creationTimestamp");
        if (afterInitial) {
            metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
        }
        write("BOOKMARK", Json.write(object));
    }

    private void write(String type, byte[] object) {
        byte[] head = ("{\"type\":\"" + type + "\",\"object\":")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] event = new byte[head.length + object.length + 2];
        System.arraycopy(head, 0, event, 0, head.length);
        System.arraycopy(object, 0, event, head.length, object.length);
        event[event.length - 2] = '}';
        event[event.length - 1] = '\n';
        sink.write(event);
    }

    /// Real servers answer 200 first and tell of an expired version in the stream.
    private void fail(Refusal refusal) {
        write("ERROR", Json.write(refusal.status()));
        end();
    }

    private void end() {
        if (!ended) {
            close();
            sink.end();
        }
    }

    private void close() {
        ended = true;
        timers.forEach(vertx::cancelTimer);
        if (follower != null) {
            follower.close();
        }
    }
}
