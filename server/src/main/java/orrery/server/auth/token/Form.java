package orrery.server.auth.token;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.http.Json;

/// Reads `application/x-www-form-urlencoded` as the OAuth standards want it.
final class Form {
    private static final int MOST_FIELDS = 50;

    private Form() {}

    /// The fields as a JSON object of strings. One that comes twice is refused (RFC 6749 3.2); one
    /// that is empty counts as absent.
    static byte[] asJson(byte[] body) {
        var fields = new LinkedHashMap<String, String>();
        var pairs = new String(body, StandardCharsets.UTF_8).split("&", MOST_FIELDS + 1);
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
        return Json.write(Map.copyOf(fields));
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
