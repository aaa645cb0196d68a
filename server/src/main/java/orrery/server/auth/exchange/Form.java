package orrery.server.auth.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.http.Json;

/// Reads `application/x-www-form-urlencoded` as the OAuth standards want it.
public final class Form {
    public static final String TYPE = "application/x-www-form-urlencoded";

    private static final int LONGEST = 64 << 10;
    private static final int MOST_FIELDS = 50;
    private static final String NARROWING = "scope_narrowing";

    private Form() {}

    /// The fields. One that comes twice is refused (RFC 6749 3.2); one that is empty counts as
    /// absent.
    ///
    /// @throws Problem.Failure [Problem.TokenRefused] or [Problem.PayloadTooLarge]
    public static Map<String, String> read(InputStream body) {
        return read(new String(bytes(body), StandardCharsets.UTF_8));
    }

    /// The fields of a body or of a query.
    public static Map<String, String> read(String text) {
        var fields = new LinkedHashMap<String, String>();
        var pairs = text.split("&", MOST_FIELDS + 1);
        if (pairs.length > MOST_FIELDS) {
            throw refused("there are too many fields");
        }
        for (var pair : pairs) {
            var equals = pair.indexOf('=');
            if (equals > 0 && equals < pair.length() - 1) {
                var name = decode(pair.substring(0, equals));
                if (fields.put(name, decode(pair.substring(equals + 1))) != null) {
                    throw refused(name + " comes twice");
                }
            }
        }
        return Map.copyOf(fields);
    }

    /// The fields as a JSON object of strings; only the narrowing is an object in it.
    static byte[] asJson(byte[] body) {
        var fields = new HashMap<String, Object>(
                read(new String(body, StandardCharsets.UTF_8)));
        if (fields.get(NARROWING) instanceof String text) {
            try {
                fields.put(NARROWING, Json.shared().readTree(text));
            } catch (IOException e) {
                throw refused(NARROWING + " is no JSON object");
            }
        }
        return Json.write(fields);
    }

    static byte[] bytes(InputStream in) {
        try {
            var bytes = in.readNBytes(LONGEST + 1);
            if (bytes.length > LONGEST) {
                throw new Problem.PayloadTooLarge(LONGEST).raise();
            }
            return bytes;
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it ends too early").raise();
        }
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw refused("the body is not form-encoded");
        }
    }

    private static Problem.Failure refused(String cause) {
        return new Problem.TokenRefused(Error.INVALID_REQUEST, cause).raise();
    }
}
