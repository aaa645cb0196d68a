package orrery.kit;

import java.time.Duration;
import java.util.List;

/// Every way a use case can refuse. A surface turns one into its own status, code and body.
///
/// A problem names the field or resource, the cause and, where there is one, the way out. It is
/// thrown as [Failure]: `throw new Problem.NotFound("cluster", id).raise()`. Exceptions of any
/// other type are bugs and are answered as [Internal].
public sealed interface Problem {

    /// One mistake in what the caller sent.
    ///
    /// @param field path of the field, as the caller wrote it: `nodePools[0].nodeCount`
    /// @param message what is wrong and what would be right, without the field's name
    record Mistake(String field, String message) {}

    /// The request cannot be read as what it should be: broken JSON, a bad query parameter (400).
    record Malformed(String what, String cause) implements Problem {}

    /// Fields break a rule (400). All of them are named, not only the first.
    record Invalid(List<Mistake> mistakes) implements Problem {
        public Invalid {
            mistakes = List.copyOf(mistakes);
        }
    }

    /// A list was asked for in a way it does not offer (400).
    ///
    /// @param part which part of the question: page token, filter, sort or expansion
    /// @param allowed what may be named instead; empty when that is no closed list
    record BadQuery(Part part, String cause, List<String> allowed) implements Problem {
        public enum Part { PAGE_TOKEN, FILTER, SORT, EXPAND }

        public BadQuery {
            allowed = List.copyOf(allowed);
        }
    }

    /// Nobody is signed in, or the credential does not count (401).
    record Unauthenticated(Credential credential, String cause) implements Problem {
        public enum Credential { MISSING, INVALID, EXPIRED, REVOKED }
    }

    /// The token endpoint does not give a token (RFC 6749 5.2; 400, or 401 for the client).
    record TokenRefused(Error error, String cause) implements Problem {
        /// The standard's own names.
        public enum Error {
            INVALID_REQUEST, INVALID_CLIENT, INVALID_GRANT, UNAUTHORIZED_CLIENT,
            UNSUPPORTED_GRANT_TYPE, INVALID_SCOPE,
            // RFC 8693 2.2.2, for exchanges.
            INVALID_TARGET,
            // RFC 8628 3.5, for devices.
            AUTHORIZATION_PENDING, SLOW_DOWN, ACCESS_DENIED, EXPIRED_TOKEN
        }
    }

    /// The caller may see it, but not do this (403).
    ///
    /// @param needed the permission that is missing
    record Forbidden(String needed, String where) implements Problem {}

    /// A rule other than a permission forbids it, for example a closed registration (403).
    record Refused(String what, String cause) implements Problem {}

    /// A quota would be exceeded (403).
    record QuotaExceeded(String quota, long limit, long asked) implements Problem {}

    /// One more credential than may count at a time (409).
    ///
    /// @param of whose credentials
    record TooManyCredentials(String of, int limit) implements Problem {}

    /// It does not exist, or the caller may not know that it does (404).
    record NotFound(String kind, String id) implements Problem {}

    /// No route has this path (404).
    record NoSuchRoute(String path) implements Problem {}

    /// The path exists, with other methods (405).
    record MethodNotAllowed(String method, List<String> allowed) implements Problem {
        public MethodNotAllowed {
            allowed = List.copyOf(allowed);
        }
    }

    /// The caller accepts no media type that we could answer with (406).
    record NotAcceptable(String accepted, String offered) implements Problem {}

    /// Another resource of that name is there already (409).
    record AlreadyExists(String kind, String name) implements Problem {}

    /// Something else is going on with it, or its state does not allow this (409).
    record Conflict(String kind, String id, String cause) implements Problem {}

    /// It is still used by others (409).
    record InUse(String kind, String id, List<String> dependents) implements Problem {
        public InUse {
            dependents = List.copyOf(dependents);
        }
    }

    /// Nothing is left of what is asked for (409).
    ///
    /// @param pool what it is taken from: `subnet sub_…`
    /// @param what is asked for: `addresses`
    record PoolExhausted(String pool, String what) implements Problem {}

    /// The state machine knows no such step (409).
    record IllegalTransition(String kind, String id, String state, String action)
            implements Problem {}

    /// It cannot be brought to that version (409).
    ///
    /// @param allowed the versions that it can be brought to
    record UpgradeNotAllowed(String kind, String id, String asked, List<String> allowed)
            implements Problem {
        public UpgradeNotAllowed {
            allowed = List.copyOf(allowed);
        }
    }

    /// The bare name means several resources to this caller (409).
    ///
    /// @param qualified the names that mean one each
    record Ambiguous(String kind, String name, List<String> qualified) implements Problem {
        public Ambiguous {
            qualified = List.copyOf(qualified);
        }
    }

    /// The request with this idempotency key is still being worked on (409).
    record IdempotencyInProgress(String key) implements Problem {}

    /// The resource changed since the caller read it (412).
    record PreconditionFailed(String kind, String id, String expected, String actual)
            implements Problem {}

    /// The address (414) or the headers (431) are longer than any honest request's.
    record HeadTooLarge(Part part, long limitBytes) implements Problem {
        public enum Part { ADDRESS, HEADERS }
    }

    /// The body is larger than the route allows (413).
    record PayloadTooLarge(long limitBytes) implements Problem {}

    /// The body is of a media type that the route does not read (415).
    record UnsupportedMediaType(String given, String wanted) implements Problem {}

    /// The request was sent to a host that this server does not answer for (421, RFC 9110 15.5.20).
    record Misdirected(String host) implements Problem {}

    /// Well-formed, but it makes no sense here: a role not held, a subnet of another network (422).
    record Unprocessable(List<Mistake> mistakes) implements Problem {
        public Unprocessable {
            mistakes = List.copyOf(mistakes);
        }
    }

    /// The idempotency key was used before with another request (422).
    record IdempotencyKeyReused(String key) implements Problem {}

    /// Too many requests (429).
    record RateLimited(Duration retryAfter) implements Problem {}

    /// Something outside that it stands on is broken, and stays so until somebody mends it (500).
    ///
    /// @param code what is broken, as `BMC_CONNECTION_FAILED`
    record Broken(String code, String kind, String id, String cause) implements Problem {}

    /// A bug of ours (500). The cause is in the log under the request's id, never in the answer.
    record Internal() implements Problem {}

    /// Something that we depend on does not answer (503).
    record Unavailable(String what, Duration retryAfter) implements Problem {}

    /// This problem as the exception that carries it to the surface.
    default Failure raise() {
        return new Failure(this);
    }

    /// The one exception that a use case throws. It has no stack trace: it is an answer, not a bug.
    final class Failure extends RuntimeException {
        private final transient Problem problem;

        Failure(Problem problem) {
            super(problem.toString(), null, false, false);
            this.problem = problem;
        }

        public Problem problem() {
            return problem;
        }
    }
}
