package orrery.kit.http;

import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import orrery.kit.Problem;
import org.jspecify.annotations.Nullable;

/// How one API family looks on the wire, as a value: success, refusal, paging, credentials.
///
/// It is chosen by path before anything can fail, so that even an unknown path, a broken header or
/// a full queue is answered in the family's own format.
public interface Surface {
    /// Where a caller may put its credentials; in the query only where it opens a WebSocket.
    enum Carrier { BEARER, COOKIE, QUERY_TOKEN }

    /// The family's name, as in `api/routes.txt`.
    String name();

    /// Whether a normalised path belongs to this family.
    boolean owns(String path);

    /// Where a path of an earlier version is found now; `null` for a path of today.
    default @Nullable Successor successor(String path) {
        return null;
    }

    /// @param since when the old path was given up
    /// @param sunset when it will be gone
    record Successor(String path, LocalDate since, LocalDate sunset) {}

    /// An answer as this family shows it.
    Reply success(Exchange exchange, Answer<?> answer);

    /// A refusal as this family shows it.
    Reply failure(Exchange exchange, Problem problem);

    /// What was asked of a list, in this family's words.
    ///
    /// @throws Problem.Failure [Problem.Invalid] or [Problem.BadQuery], naming every mistake
    PageAsk pageAsk(Query query);

    /// Whether its lists can be asked for what is deleted too: `?includeDeleted=true`.
    default boolean showsDeleted() {
        return false;
    }

    /// The names and JSON types of what [#pageAsk] reads.
    Map<String, String> pageParameters();

    /// The JSON Schema of a success that shows this; of a page, if it shows the items of one.
    Map<String, Object> successSchema(Map<String, Object> shown, boolean isPage);

    /// The JSON Schema of a refusal; empty for a family that refuses in plain text.
    Map<String, Object> failureSchema();

    /// Whether a body with a field that nobody reads is refused.
    boolean refusesUnknownFields();

    Set<Carrier> carriers();
}
