package orrery.server.surface;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.http.Exchange;
import orrery.kit.http.Surface;
import orrery.server.surface.Wire.Received;
import org.junit.jupiter.api.Test;

/// Every surface has a format for every problem there is.
class EveryProblemTest {
    private static final List<Surface> SURFACES =
            List.of(new Cloud(), new Studio(), new Workspace(), new OAuth(), new Plain());

    private static final List<Problem> PROBLEMS = List.of(
            new Problem.Malformed("body", "it is not JSON"),
            new Problem.Invalid(List.of(new Mistake("name", "is required"))),
            new Problem.BadQuery(Problem.BadQuery.Part.SORT, "cannot sort", List.of("name")),
            new Problem.Unauthenticated(Problem.Unauthenticated.Credential.EXPIRED, "too old"),
            new Problem.Forbidden("compute.clusters.create", "project p"),
            new Problem.Refused("registration", "it is closed"),
            new Problem.QuotaExceeded("clusters", 3, 4),
            new Problem.TooManyCredentials("service account a", 5),
            new Problem.NotFound("cluster", "cls_1"),
            new Problem.NoSuchRoute("/x"),
            new Problem.MethodNotAllowed("PUT", List.of("GET")),
            new Problem.NotAcceptable("image/png", "application/json"),
            new Problem.AlreadyExists("cluster", "a"),
            new Problem.Conflict("cluster", "a", "is being changed"),
            new Problem.InUse("network", "n", List.of("cls_1")),
            new Problem.PoolExhausted("subnet s", "addresses"),
            new Problem.IllegalTransition("cluster", "a", "deleted", "scale"),
            new Problem.UpgradeNotAllowed("cluster", "a", "v1.40.0", List.of("v1.36.3")),
            new Problem.Ambiguous("cluster", "a", List.of("a.p", "a.q")),
            new Problem.IdempotencyInProgress("k"),
            new Problem.PreconditionFailed("cluster", "a", "1", "2"),
            new Problem.TokenRefused(Problem.TokenRefused.Error.INVALID_GRANT, "it was used"),
            new Problem.HeadTooLarge(Problem.HeadTooLarge.Part.HEADERS, 16 << 10),
            new Problem.PayloadTooLarge(1 << 20),
            new Problem.UnsupportedMediaType("text/plain", "application/json"),
            new Problem.Misdirected("evil.example.com"),
            new Problem.Unprocessable(List.of(new Mistake("role", "is not held"))),
            new Problem.IdempotencyKeyReused("k"),
            new Problem.RateLimited(Duration.ofMillis(20)),
            new Problem.Broken("BMC_CONNECTION_FAILED", "server", "srv_1", "no answer"),
            new Problem.Internal(),
            new Problem.Unavailable("the database", Duration.ofSeconds(2)));

    @Test
    void noProblemIsLeftOut() {
        var kinds = List.of(Problem.class.getPermittedSubclasses());
        assertThat(PROBLEMS.stream().map(Object::getClass).map(Class::getName))
                .containsExactlyInAnyOrderElementsOf(
                        kinds.stream().map(Class::getName).collect(Collectors.toSet()));
    }

    @Test
    void everySurfaceShowsEveryProblemInItsFormat() {
        for (var surface : SURFACES) {
            var id = "req_local-1795352522447-4e9a72eaddd3";
            var exchange = new Exchange(surface, id, Instant.EPOCH, Instant.EPOCH, "GET", "/",
                    "127.0.0.1", List.of());
            for (var problem : PROBLEMS) {
                var reply = surface.failure(exchange, problem).with("X-Request-Id", id)
                        .with("Content-Type", surface instanceof Plain
                                ? "text/plain" : "application/json");
                var headers = reply.headers().entrySet().stream().collect(Collectors.toMap(
                        e -> e.getKey().toLowerCase(Locale.ROOT), Map.Entry::getValue));
                Wire.assertRefusal(surface.getClass(), Statuses.of(problem), new Received(
                        reply.status(), headers,
                        new String(reply.bytes(), StandardCharsets.UTF_8)));
            }
        }
    }

    @Test
    void tellsWhenToTryAgain() {
        var surface = new Studio();
        var exchange = new Exchange(surface, "req_1", Instant.EPOCH, Instant.EPOCH, "GET", "/",
                "127.0.0.1", List.of());
        assertThat(surface.failure(exchange, new Problem.RateLimited(Duration.ofMillis(20)))
                .headers()).containsEntry("Retry-After", "1");
    }
}
