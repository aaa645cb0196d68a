package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import orrery.server.Visitor;

/// What the token endpoints say to what is no request of any kind.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class TokenEndpointTest {
    @TestHTTPResource
    URI url;

    @ParameterizedTest
    @ValueSource(strings = {"/token", "/introspect", "/revoke"})
    void refusesWhatComesWithoutBodyAndType(String path) {
        var heard = Visitor.of(url).send("POST", Provider.AUTH + path, null);
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(400);
    }
}
