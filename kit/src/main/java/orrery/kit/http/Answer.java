package orrery.kit.http;

import jakarta.ws.rs.core.StreamingOutput;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a route answers with, before its surface gives it a form.
///
/// ```java
/// var run = new Answer.RunRef(started.id(), "createCluster", "running");
/// return Answer.accepted(View.of(cluster), run)
///         .at(location).version(cluster.version());
/// ```
///
/// @param <V> the view: a record of the Api class
public final class Answer<V> {
    /// The one header that comes more than once: each line of its value is one.
    static final String COOKIE = "Set-Cookie";

    private final int status;
    private final @Nullable Object body;
    private final @Nullable String mediaType;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private @Nullable RunRef run;
    private @Nullable String listName;

    /// The durable run that carries the change out.
    ///
    /// @param estimated how long such a run takes as a rule; `null` when nobody knows
    public record RunRef(String id, String type, String status, @Nullable Duration estimated) {
        public RunRef(String id, String type, String status) {
            this(id, type, status, null);
        }
    }

    private Answer(int status, @Nullable Object body, @Nullable String mediaType) {
        this.status = status;
        this.body = body;
        this.mediaType = mediaType;
    }

    /// 200 with a view.
    public static <V> Answer<V> ok(V view) {
        return new Answer<>(200, view, null);
    }

    /// 201 with a view of what was made, and where it is.
    public static <V> Answer<V> created(V view, String location) {
        return new Answer<V>(201, view, null).at(location);
    }

    /// 202: the change was accepted, and a run carries it out.
    public static <V> Answer<V> accepted(V view, RunRef run) {
        var answer = new Answer<V>(202, view, null);
        answer.run = run;
        return answer;
    }

    /// 200 with a page of a list.
    public static <V> Answer<Page<V>> page(Page<V> page) {
        return new Answer<>(200, page, null);
    }

    /// 200 with a page of a list, under a name on surfaces that name their lists.
    public static <V> Answer<Page<V>> page(String listName, Page<V> page) {
        var answer = page(page);
        answer.listName = listName;
        return answer;
    }

    /// 204.
    public static Answer<Void> none() {
        return new Answer<>(204, null, null);
    }

    /// 200 with a document that no surface wraps: a kubeconfig, a log, a page.
    public static Answer<String> document(String mediaType, String text) {
        return new Answer<>(200, text, mediaType);
    }

    /// 200 with bytes that are written as they come: a file, a log that is followed.
    public static Answer<Void> streamed(String mediaType, StreamingOutput body) {
        return new Answer<>(200, body, mediaType);
    }

    /// 200 with a stream of events, until it is over or the client leaves.
    ///
    /// @param <V> what the route answers with to those who ask for no stream
    public static <V> Answer<V> events(EventStream stream) {
        return new Answer<>(200, stream, "text/event-stream");
    }

    /// 200 with a body that no surface wraps: what another standard wants on the wire.
    public static <V> Answer<V> bare(V body) {
        return new Answer<>(200, body, "application/json");
    }

    /// 302 to another address.
    public static Answer<Void> redirect(URI target) {
        return new Answer<Void>(302, null, null).header("Location", target.toString());
    }

    /// The same answer with another status, where a family's specification wants one.
    public Answer<V> status(int other) {
        return copied(new Answer<>(other, body, mediaType));
    }

    /// The same answer with another body.
    Answer<?> showing(Object other) {
        return copied(new Answer<>(status, other, mediaType));
    }

    private <W> Answer<W> copied(Answer<W> answer) {
        answer.headers.putAll(headers);
        answer.run = run;
        answer.listName = listName;
        return answer;
    }

    public Answer<V> header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /// Sets a cookie beside those that are set already.
    ///
    /// @param setCookie the whole value of the header (RFC 6265 4.1)
    public Answer<V> cookie(String setCookie) {
        headers.merge(COOKIE, setCookie, (before, more) -> before + "\n" + more);
        return this;
    }

    /// Where the resource is found.
    public Answer<V> at(String location) {
        return header("Location", location);
    }

    /// The version that the view shows, as a strong ETag (RFC 9110 8.8.3).
    public Answer<V> version(long version) {
        return header("ETag", "\"" + version + "\"");
    }

    public int status() {
        return status;
    }

    public @Nullable Object body() {
        return body;
    }

    public @Nullable String mediaType() {
        return mediaType;
    }

    public Map<String, String> headers() {
        return Map.copyOf(headers);
    }

    public @Nullable RunRef run() {
        return run;
    }

    public @Nullable String listName() {
        return listName;
    }
}
