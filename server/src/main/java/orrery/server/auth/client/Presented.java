package orrery.server.auth.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import org.jspecify.annotations.Nullable;

/// What a client showed to prove who it is (RFC 6749 2.3, RFC 7523 2.2).
public sealed interface Presented {
    /// It showed nothing at all.
    record Nothing() implements Presented {}

    /// It only said who it is.
    record Name(String id) implements Presented {}

    record Secret(String id, String secret) implements Presented {
        @Override
        public String toString() {
            return "the secret of " + id;
        }
    }

    record Assertion(String id, String jwt) implements Presented {
        @Override
        public String toString() {
            return "an assertion of " + id;
        }
    }

    /// The fields of a request's body.
    record Fields(
            @Nullable String clientId, @Nullable String clientSecret,
            @Nullable String assertionType, @Nullable String assertion) {
        @Override
        public String toString() {
            return "the fields of " + clientId;
        }
    }

    /// Reads what was shown, by header or in the body, and not in two ways.
    ///
    /// @param authorization the header
    /// @throws Problem.Failure [Problem.TokenRefused]
    public static Presented read(@Nullable String authorization, Fields body) {
        var basic = authorization != null && authorization.regionMatches(true, 0, "Basic ", 0, 6)
                ? authorization.substring(6).strip() : null;
        if (Stream.of(basic, body.clientSecret(), body.assertion())
                .filter(shown -> shown != null).count() > 1) {
            throw new Problem.TokenRefused(Error.INVALID_REQUEST,
                    "the client proves who it is in more than one way").raise();
        }
        if (basic != null) {
            return basic(basic, body.clientId());
        }
        if (body.assertion() != null) {
            if (!Assertions.TYPE.equals(body.assertionType())) {
                throw new Problem.TokenRefused(Error.INVALID_REQUEST,
                        "client_assertion_type must be " + Assertions.TYPE).raise();
            }
            var id = Assertions.claimed(body.assertion()).orElseThrow(Presented::unknown);
            if (body.clientId() != null && !body.clientId().equals(id)) {
                throw unknown();
            }
            return new Assertion(id, body.assertion());
        }
        if (body.clientSecret() != null) {
            if (body.clientId() == null) {
                throw new Problem.TokenRefused(
                        Error.INVALID_REQUEST, "client_id is required").raise();
            }
            return new Secret(body.clientId(), body.clientSecret());
        }
        return body.clientId() == null ? new Nothing() : new Name(body.clientId());
    }

    private static Presented basic(String encoded, @Nullable String said) {
        try {
            var text = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            var colon = text.indexOf(':');
            if (colon < 0) {
                throw unknown();
            }
            // Both halves are form-encoded first (RFC 6749 2.3.1).
            var id = URLDecoder.decode(text.substring(0, colon), StandardCharsets.UTF_8);
            var secret = URLDecoder.decode(text.substring(colon + 1), StandardCharsets.UTF_8);
            if (said != null && !said.equals(id)) {
                throw unknown();
            }
            return new Secret(id, secret);
        } catch (IllegalArgumentException e) {
            throw unknown();
        }
    }

    /// The one refusal of a client, whatever was wrong.
    static Problem.Failure unknown() {
        return new Problem.TokenRefused(
                Error.INVALID_CLIENT, "the client is unknown or did not prove who it is").raise();
    }
}
