package orrery.server.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.Visitor.Heard;
import orrery.server.tenancy.project.TenancyTest;

/// Forged tokens at a server: made with its own signing key, so that a wrong claim is all that is
/// wrong with some.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class ForgedBearerTest {
    @TestHTTPResource
    URI server;

    @Inject
    SigningKeys keys;

    @Inject
    AccessTokens tokens;

    /// One status, one body, one challenge for all on each surface, and no request to where a
    /// header leads. Only a token that was once ours is told that its time is over.
    @Test
    void allAreAnsweredAlikeAndNobodyIsAsked() throws IOException {
        try (var elsewhere = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            var forged = new Forgeries(keys.get().active(), tokens.issuer(),
                    Clock.systemUTC().instant(), URI.create("http://127.0.0.1:"
                            + elsewhere.getLocalPort() + "/keys")).all();
            var expired = forged.remove("expired");
            for (var path : List.of("/v1/regions/global/auth/me", "/v1/api/profile",
                    "/api/v1/me/profile", "/oauth2/userinfo")) {
                var answers = new TreeMap<String, String>();
                forged.forEach((what, token) ->
                        answers.put(shape(Visitor.of(server).as(token).get(path)), what));
                assertThat(answers).as(path).hasSize(1);
                assertThat(answers.firstKey()).startsWith("401 ").contains("invalid_token");
                var late = Visitor.of(server).as(expired).get(path);
                assertThat(late.status()).isEqualTo(401);
                assertThat(late.header("WWW-Authenticate"))
                        .isEqualTo("Bearer error=\"invalid_token\"");
            }
            nobodyCame(elsewhere);
        }
    }

    /// Who may look at all tokens of an organization learns nothing of forged ones either.
    @Test
    void introspectionSaysOfAllThatTheyAreNotActive() throws IOException {
        try (var elsewhere = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            var operator = Residents.of(server).operator();
            new Forgeries(keys.get().active(), tokens.issuer(), Clock.systemUTC().instant(),
                    URI.create("http://127.0.0.1:" + elsewhere.getLocalPort() + "/keys"))
                    .all().forEach((what, token) -> assertThat(operator.post(
                            "/v1/regions/global/auth/introspect", Map.of("token", token))
                            .json().at("/data").toString()).as(what)
                            .isEqualTo("{\"active\":false}"));
            nobodyCame(elsewhere);
        }
    }

    private static void nobodyCame(ServerSocket elsewhere) throws IOException {
        elsewhere.setSoTimeout(1);
        try {
            elsewhere.accept().close();
        } catch (SocketTimeoutException nobody) {
            return;
        }
        throw new AssertionError("the server followed an address in a header");
    }

    private static String shape(Heard heard) {
        return heard.status() + " " + heard.header("WWW-Authenticate") + " "
                + heard.raw().body().replaceAll("req_[A-Za-z0-9-]+", "req")
                        .replaceAll("20\\d\\d-[0-9T:.-]+Z", "time");
    }
}
