package orrery.kit.http;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// Reads a JSON body into the record that a handler asks for. Every mistake is named at once, and
/// no more is read than the route allows.
@Provider
@Priority(1)
@Consumes({"application/json", "application/merge-patch+json"})
public class BodyReader implements MessageBodyReader<Object> {
    private final CurrentVertxRequest current;
    private final Clock clock;

    public BodyReader(CurrentVertxRequest current, Clock clock) {
        this.current = current;
        this.clock = clock;
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord() || JsonNode.class.isAssignableFrom(type);
    }

    @Override
    public @Nullable Object readFrom(
            Class<Object> type, Type generic, Annotation[] annotations, MediaType mediaType,
            MultivaluedMap<String, String> headers, InputStream in) throws IOException {
        var context = current.getCurrent();
        var body = in.readAllBytes();
        if (body.length == 0 && mayLack(Front.Found.of(context).route().handler(), type)) {
            return null;
        }
        var tree = parse(body);
        Whereabouts.of(context).strip(tree);
        IfMatch.strip(context, tree);
        return read(type, tree, Exchange.of(context).surface().refusesUnknownFields(),
                clock.instant());
    }

    /// Whether the handler takes a body of that type, and none as well.
    private static boolean mayLack(@Nullable Method handler, Class<?> type) {
        return handler != null && Arrays.stream(handler.getParameters())
                .anyMatch(parameter -> parameter.getType() == type
                        && Shape.isNullable(parameter.getAnnotatedType()));
    }

    /// The record that a JSON text says.
    ///
    /// @param strict whether a field that the record does not have is a mistake
    /// @param now what is [Future] must lie behind it
    /// @throws Problem.Failure [Problem.Malformed], or [Problem.Invalid] with every mistake
    public static <B> B read(Class<B> type, byte[] body, boolean strict, Instant now) {
        return read(type, parse(body), strict, now);
    }

    private static <B> B read(Class<B> type, JsonNode tree, boolean strict, Instant now) {
        if (!type.isRecord()) {
            return type.cast(tree);
        }
        var mistakes = new Mistakes();
        var bound = new Binder(strict, now, mistakes).bind(type, tree, "");
        mistakes.orRefuse();
        if (bound == null) {
            throw new Problem.Malformed("body", "a JSON object is expected").raise();
        }
        return type.cast(bound);
    }

    private static JsonNode parse(byte[] body) {
        try {
            var tree = Json.shared().readTree(body);
            if (tree == null || tree.isMissingNode()) {
                throw new Problem.Malformed("body", "it is empty; send a JSON object").raise();
            }
            return tree;
        } catch (StreamConstraintsException e) {
            throw new Problem.Malformed("body",
                    "it is nested too deeply, or a string or number in it is too long").raise();
        } catch (JsonProcessingException e) {
            var duplicate = e instanceof JsonParseException
                    && e.getOriginalMessage().startsWith("Duplicate field");
            var at = e.getLocation();
            var where = at == null ? ""
                    : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw new Problem.Malformed("body", (duplicate
                    ? e.getOriginalMessage() : "it is not JSON") + where).raise();
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it ends too early").raise();
        }
    }
}
