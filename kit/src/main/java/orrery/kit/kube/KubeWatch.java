package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Follows the objects of one kind until closed, on a thread of its own: list, then watch from the
/// list's version on, with bookmarks; again from the start when the cluster answers 410 Gone.
public final class KubeWatch implements AutoCloseable {
    /// The server ends a watch after this long, and we go on where it ended.
    private static final Duration WINDOW = Duration.ofMinutes(4);
    private static final Duration SILENCE = WINDOW.plusSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
    private static final int LINE_BYTES = 8 << 20;

    private final Supplier<KubeClient> client;
    private final KubeCall list;
    private final Consumer<KubeEvent> listener;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable InputStream open;
    private @Nullable String version;
    private Duration pause = FIRST_PAUSE;

    /// @param version to go on from; `null` begins with a list
    KubeWatch(Supplier<KubeClient> client, KubeCall list, @Nullable String version,
            Consumer<KubeEvent> listener) {
        this.version = version;
        this.client = client;
        this.list = list;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("watch " + list.path()).start(this::follow);
    }

    private void follow() {
        while (!closed) {
            try {
                if (version == null) {
                    relist();
                }
                watch();
                pause = FIRST_PAUSE;
            } catch (KubeFailure failure) {
                if (failure.status() == 410) {
                    version = null;
                } else {
                    away(failure.getMessage());
                }
            } catch (Problem.Failure refused) {
                away(refused.getMessage());
            } catch (IOException cutOff) {
                away(String.valueOf(cutOff.getMessage()));
            }
        }
    }

    private void relist() {
        // One after the other: there may be more than fit into memory.
        listener.accept(new KubeEvent.Listing());
        var listed = KubeView.pages(
                client.get(), list, object -> listener.accept(new KubeEvent.Put(object)));
        listener.accept(new KubeEvent.Listed());
        version = listed;
        pause = FIRST_PAUSE;
    }

    private void watch() throws IOException {
        var call = list.with("watch", "true")
                .with("allowWatchBookmarks", "true")
                .with("timeoutSeconds", String.valueOf(WINDOW.toSeconds()))
                .with("resourceVersion", version);
        try (var stream = client.get().stream(call, SILENCE)) {
            open = stream;
            var line = new ByteArrayOutputStream();
            var buffer = new byte[16 * 1024];
            int count;
            while (!closed && (count = stream.read(buffer)) >= 0) {
                take(line, buffer, count);
            }
        } finally {
            open = null;
        }
    }

    private void take(ByteArrayOutputStream line, byte[] buffer, int count) throws IOException {
        int from = 0;
        for (int at = 0; at < count; at++) {
            if (buffer[at] == '\n') {
                line.write(buffer, from, at - from);
                event(KubeClient.JSON.readTree(line.toByteArray()));
                line.reset();
                from = at + 1;
            }
        }
        line.write(buffer, from, count - from);
        if (line.size() > LINE_BYTES) {
            throw new IOException("an event is larger than " + LINE_BYTES + " bytes");
        }
    }

    private void event(JsonNode event) {
        if (!(event.path("object") instanceof ObjectNode object)) {
            return;
        }
        var type = event.path("type").asText();
        if (type.equals("ERROR")) {
            throw new KubeFailure(object.path("code").asInt(410), object.path("reason").asText(),
                    object.path("message").asText());
        }
        version = object.path("metadata").path("resourceVersion").asText();
        switch (type) {
            case "ADDED", "MODIFIED" -> listener.accept(new KubeEvent.Put(object));
            case "DELETED" -> listener.accept(new KubeEvent.Gone(object));
            default -> { } // BOOKMARK: the version alone
        }
    }

    private void away(String cause) {
        if (closed) {
            return;
        }
        listener.accept(new KubeEvent.Away(cause));
        try {
            Thread.sleep(pause);
        } catch (InterruptedException stop) {
            closed = true;
        }
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }

    @Override
    public void close() {
        closed = true;
        var stream = open;
        if (stream != null) {
            try {
                stream.close();
            } catch (IOException alreadyBroken) {
                // It is being left in any case.
            }
        }
        thread.interrupt();
    }
}
