package orrery.server.auth.token;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.Map;
import orrery.kit.http.Answer;
import orrery.kit.http.CrossOrigin;
import orrery.kit.http.CrossOrigin.Who;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.surface.OAuth;

/// The public keys that our tokens are verified with (RFC 7517).
@Path("/.well-known/jwks.json")
@RunOnVirtualThread
@On(OAuth.class)
public final class JwksApi {
    private final SigningKeys keys;

    public JwksApi(SigningKeys keys) {
        this.keys = keys;
    }

    @GET
    @Open
    @CrossOrigin(Who.ANY)
    public Answer<Map<String, Object>> get() {
        return Answer.ok(keys.published()).header("Cache-Control", "public, max-age=300");
    }
}
