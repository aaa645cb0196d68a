package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.http.Answer;
import orrery.kit.http.CrossOrigin;
import orrery.kit.http.CrossOrigin.Who;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.exchange.PersonClaims;
import orrery.server.auth.exchange.TokensApi;
import orrery.server.auth.session.Proof;
import orrery.server.auth.token.AccessTokens;
import orrery.server.surface.OAuth;

/// What clients must know of us, at the two addresses where they look (OpenID Connect Discovery 3,
/// RFC 8414 3).
@Path("/.well-known")
@RunOnVirtualThread
@On(OAuth.class)
public final class DiscoveryApi {
    private static final List<String> SECRETS =
            List.of("client_secret_basic", "client_secret_post", "private_key_jwt");
    private static final List<String> WITH_PUBLIC = List.of(
            "client_secret_basic", "client_secret_post", "private_key_jwt", "none");
    private static final List<String> ASSERTIONS = List.of("RS256", "PS256", "ES256");

    private final Map<String, Object> said;

    public DiscoveryApi(AccessTokens tokens) {
        this.said = said(tokens.issuer());
    }

    @GET
    @Path("/openid-configuration")
    @Open
    @CrossOrigin(Who.ANY)
    public Answer<?> provider() {
        return answer();
    }

    @GET
    @Path("/oauth-authorization-server")
    @Open
    @CrossOrigin(Who.ANY)
    public Answer<?> server() {
        return answer();
    }

    private Answer<?> answer() {
        return Answer.bare(said).header("Cache-Control", "public, max-age=300");
    }

    private static Map<String, Object> said(String issuer) {
        var auth = issuer + "/v1/regions/global/auth";
        var said = new LinkedHashMap<String, Object>();
        said.put("issuer", issuer);
        said.put("authorization_endpoint", issuer + "/oauth2/authorize");
        said.put("token_endpoint", issuer + Clients.TOKEN);
        said.put("userinfo_endpoint", issuer + AccessTokens.USERINFO);
        said.put("jwks_uri", issuer + "/.well-known/jwks.json");
        said.put("end_session_endpoint", issuer + "/oauth2/logout");
        said.put("introspection_endpoint", auth + "/introspect");
        said.put("revocation_endpoint", auth + "/revoke");
        said.put("device_authorization_endpoint", issuer + "/oauth2/device_authorization");
        said.put("scopes_supported", Scopes.ALL);
        said.put("response_types_supported", List.of("code"));
        said.put("response_modes_supported", List.of("query", "form_post"));
        said.put("grant_types_supported", TokensApi.GRANTS);
        said.put("subject_types_supported", List.of("public"));
        said.put("id_token_signing_alg_values_supported", List.of("RS256"));
        said.put("code_challenge_methods_supported", List.of("S256"));
        said.put("token_endpoint_auth_methods_supported", WITH_PUBLIC);
        said.put("token_endpoint_auth_signing_alg_values_supported", ASSERTIONS);
        said.put("introspection_endpoint_auth_methods_supported", SECRETS);
        said.put("introspection_endpoint_auth_signing_alg_values_supported", ASSERTIONS);
        said.put("revocation_endpoint_auth_methods_supported", WITH_PUBLIC);
        said.put("revocation_endpoint_auth_signing_alg_values_supported", ASSERTIONS);
        said.put("claims_supported", PersonClaims.ALL);
        said.put("claim_types_supported", List.of("normal"));
        said.put("acr_values_supported",
                Arrays.stream(Proof.Level.values()).map(Proof.Level::acr).toList());
        said.put("prompt_values_supported",
                List.of("none", "login", "consent", "select_account"));
        said.put("ui_locales_supported", List.of("en"));
        said.put("claims_parameter_supported", true);
        said.put("request_parameter_supported", false);
        said.put("request_uri_parameter_supported", false);
        said.put("authorization_response_iss_parameter_supported", true);
        return said;
    }
}
