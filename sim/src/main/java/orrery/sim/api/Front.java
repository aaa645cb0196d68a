package orrery.sim.api;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import orrery.sim.fault.Outages;
import orrery.sim.identity.Tokens;
import orrery.sim.identity.User;
import orrery.sim.store.Cluster;
import orrery.sim.store.Region;
import orrery.sim.type.Refusal;

/// The way in: finds the cluster and the sender, reads the body within limits, and answers
/// whatever goes wrong as a Kubernetes `Status`.
final class Front {
    static final int MAX_BODY = 3 << 20;
    /// So much is read to its end, and refused then: a client that still writes hears no answer.
    private static final int DISCARDED = 4 * MAX_BODY;
    private static final int MAX_CALLS = 256;
    private static final int MAX_SEGMENTS = 32;
    private static final long BODY_MILLIS = 60_000;
    private static final long DISK_SECONDS = 30;
    private static final Logger LOG = Logger.getLogger(Front.class.getName());

    private final Vertx vertx;
    private final Region region;
    private final Tokens tokens;
    private final Router router;
    private final PodStreams pods;
    private final Executor workers;
    private final Clock clock;
    private final Outages outages;
    private final Connections connections = new Connections();
    private final Semaphore calls = new Semaphore(MAX_CALLS);

    /// @param workers one thread a call: calls wait for locks and for the disk
    Front(Vertx vertx, Region region, Tokens tokens, Router router, PodStreams pods,
            Executor workers, Clock clock, Outages outages) {
        this.vertx = vertx;
        this.region = region;
        this.tokens = tokens;
        this.router = router;
        this.pods = pods;
        this.workers = workers;
        this.clock = clock;
        this.outages = outages;
    }

    /// Breaks the connections to a cluster's API server.
    void cut(String cluster) {
        connections.cut(cluster);
    }

    /// Called on the connection's event loop.
    void handle(HttpServerRequest http) {
        Context loop = vertx.getOrCreateContext();
        try {
            List<String> path = new ArrayList<>(segments(http.path()));
            pods.clusterOf(http.remoteAddress().hostAddress(), http.remoteAddress().port())
                    .ifPresent(cluster -> path.addAll(0, List.of("clusters", cluster)));
            if (path.size() < 2 || !path.getFirst().equals("clusters")) {
                write(http.response(), Health.answer(path));
                return;
            }
            Cluster cluster = region.find(path.get(1)).orElseThrow(() -> Refusal.plain(404,
                    "NotFound", "there is no cluster \"" + path.get(1) + "\" here"));
            connections.note(cluster.name(), http.connection());
            if (outages.isAway(cluster.name())) {
                http.connection().close();
                return;
            }
            List<String> rest = List.copyOf(path.subList(2, path.size()));
            if (Streams.isStream(rest)) {
                http.pause();
                work(http, () -> stream(http, loop, cluster, rest));
            } else if ("websocket".equalsIgnoreCase(http.getHeader("Upgrade"))) {
                http.pause();
                work(http, () -> call(http, loop, cluster, rest, new byte[0]));
            } else {
                readBody(http,
                        body -> work(http, () -> call(http, loop, cluster, rest, body)));
            }
        } catch (RuntimeException e) {
            fail(http.response(), e);
        }
    }

    private void call(HttpServerRequest http, Context loop, Cluster cluster,
            List<String> path, byte[] body) {
        Call call = open(http, cluster, path, body);
        switch (settled(call)) {
            case Answer.Body whole -> write(http.response(), whole);
            case Answer.Events events -> loop.runOnContext(
                    ready -> events.watch().start(http, vertx));
        }
    }

    /// Answers, refusals too, once all that they may tell of is on disk: what somebody has seen
    /// is never taken back, not even by `kill -9`.
    private Answer settled(Call call) {
        try {
            return router.answer(call);
        } finally {
            call.cluster().settled().orTimeout(DISK_SECONDS, TimeUnit.SECONDS).join();
        }
    }

    private void stream(
            HttpServerRequest http, Context loop, Cluster cluster, List<String> path) {
        Call call = open(http, cluster, path, new byte[0]);
        Runnable carry = router.stream(call, http);
        loop.runOnContext(ready -> {
            try {
                carry.run();
            } catch (RuntimeException e) {
                fail(http.response(), e);
                http.resume();
            }
        });
    }

    private Call open(HttpServerRequest http, Cluster cluster, List<String> path, byte[] body) {
        User user = Impersonation.of(cluster, user(http, cluster), http.headers());
        return new Call(cluster, user, http.method().name(), path, http.params(),
                http.headers(), body, clock);
    }

    private User user(HttpServerRequest http, Cluster cluster) {
        String header = http.getHeader("Authorization");
        if (header == null || header.isBlank()) {
            return User.ANONYMOUS;
        }
        String token = header.regionMatches(true, 0, "Bearer ", 0, 7)
                ? header.substring(7).strip() : "";
        return tokens.verify(cluster, token).orElseThrow(
                () -> Refusal.plain(401, "Unauthorized", "Unauthorized"));
    }

    private void readBody(HttpServerRequest http, java.util.function.Consumer<byte[]> then) {
        Buffer body = Buffer.buffer();
        boolean[] refused = new boolean[1];
        long timer = vertx.setTimer(BODY_MILLIS, late -> {
            refused[0] = true;
            http.connection().close();
        });
        long[] length = new long[1];
        http.handler(part -> {
            length[0] += part.length();
            if (length[0] <= MAX_BODY) {
                body.appendBuffer(part);
            } else if (length[0] > DISCARDED && !refused[0]) {
                refused[0] = true;
                http.response().putHeader("Connection", "close");
                tooLarge(http.response());
            }
        });
        http.exceptionHandler(gone -> vertx.cancelTimer(timer));
        http.endHandler(end -> {
            vertx.cancelTimer(timer);
            if (!refused[0] && length[0] > MAX_BODY) {
                tooLarge(http.response());
            } else if (!refused[0]) {
                then.accept(body.getBytes());
            }
        });
    }

    private static void tooLarge(HttpServerResponse response) {
        fail(response, Refusal.plain(413, "RequestEntityTooLarge",
                "Request entity too large: limit is " + MAX_BODY));
    }

    private void work(HttpServerRequest http, Runnable call) {
        if (!calls.tryAcquire()) {
            fail(http.response(), Refusal.plain(429, "TooManyRequests",
                    "the server works on " + MAX_CALLS + " requests already; try again"));
            return;
        }
        http.params();
        workers.execute(() -> {
            try {
                call.run();
            } catch (RuntimeException | StackOverflowError e) {
                fail(http.response(), e);
            } finally {
                calls.release();
            }
        });
    }

    private static void fail(HttpServerResponse response, Throwable problem) {
        if (problem instanceof Refusal refusal) {
            write(response, Answer.refusal(refusal));
            return;
        }
        LOG.log(Level.SEVERE, "a request failed", problem);
        write(response, Answer.refusal(Refusal.plain(500, "InternalError",
                "Internal error occurred: see the server's log")));
    }

    private static void write(HttpServerResponse response, Answer.Body body) {
        if (response.ended() || response.closed() || response.headWritten()) {
            return;
        }
        response.setStatusCode(body.code());
        body.headers().forEach(response::putHeader);
        response.putHeader("Content-Type", body.contentType());
        response.putHeader("Cache-Control", "no-cache, private");
        response.end(Buffer.buffer(body.bytes()));
    }

    /// The decoded pieces of a path.
    ///
    /// @throws Refusal 400 when an escape is broken
    private static List<String> segments(String path) {
        List<String> pieces = new ArrayList<>();
        for (String piece : path.split("/")) {
            if (piece.isEmpty()) {
                continue;
            }
            try {
                pieces.add(URLDecoder.decode(piece.replace("+", "%2B"), StandardCharsets.UTF_8));
            } catch (IllegalArgumentException e) {
                throw Refusal.badRequest("the path has a broken escape: " + piece);
            }
            if (pieces.size() > MAX_SEGMENTS) {
                throw Refusal.badRequest("the path has more than " + MAX_SEGMENTS + " pieces");
            }
        }
        return pieces;
    }
}
