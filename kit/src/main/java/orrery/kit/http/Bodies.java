package orrery.kit.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import orrery.kit.Problem;
import orrery.kit.Problem.HeadTooLarge.Part;

/// What a request says of its body and of the answer it wants, checked before anything is read.
final class Bodies {
    private static final int LONGEST_ADDRESS = 8 << 10;
    private static final int LONGEST_HEADERS = 16 << 10;

    private Bodies() {}

    /// The transport reads more than this, so that the refusal can have its family's format; what
    /// is longer still is cut off without a word.
    ///
    /// @throws Problem.Failure [Problem.HeadTooLarge]
    static void checkHead(HttpServerRequest request) {
        if (request.uri().length() > LONGEST_ADDRESS) {
            throw new Problem.HeadTooLarge(Part.ADDRESS, LONGEST_ADDRESS).raise();
        }
        long size = 0;
        for (var header : request.headers()) {
            size += header.getKey().length() + header.getValue().length() + 4L;
        }
        if (size > LONGEST_HEADERS) {
            throw new Problem.HeadTooLarge(Part.HEADERS, LONGEST_HEADERS).raise();
        }
    }

    /// @throws Problem.Failure [Problem.PayloadTooLarge], [Problem.UnsupportedMediaType],
    ///     [Problem.NotAcceptable] or [Problem.Malformed]
    static void check(HttpServerRequest request, Route route) {
        var length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && number(length) > route.bodyLimit()) {
            throw new Problem.PayloadTooLarge(route.bodyLimit()).raise();
        }
        var type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type != null && !route.consumes().isEmpty() && !matches(type, route.consumes())) {
            throw new Problem.UnsupportedMediaType(
                    type, String.join(" or ", route.consumes())).raise();
        }
        var accept = request.headers().getAll(HttpHeaders.ACCEPT);
        if (!accept.isEmpty() && !route.produces().isEmpty() && !accepts(accept, route)) {
            throw new Problem.NotAcceptable(
                    String.join(", ", accept), String.join(" or ", route.produces())).raise();
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new Problem.Malformed("Content-Length", "it is not a number").raise();
        }
    }

    private static boolean accepts(List<String> headers, Route route) {
        return headers.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .filter(range -> !range.replace(" ", "").matches(".*;q=0(\\.0*)?"))
                .anyMatch(range -> matches(range, route.produces()));
    }

    private static boolean matches(String range, List<String> offered) {
        var type = range.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.equals("*/*") || type.isEmpty()) {
            return true;
        }
        return offered.stream().map(o -> o.split(";", 2)[0]).anyMatch(o -> o.equals(type)
                || o.equals("*/*")
                || type.endsWith("/*") && o.startsWith(type.substring(0, type.length() - 1)));
    }
}
