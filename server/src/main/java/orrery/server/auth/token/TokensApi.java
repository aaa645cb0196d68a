package orrery.server.auth.token;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyReader;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Own;
import orrery.server.auth.token.TokenExchange.Narrowing;
import orrery.server.surface.Cloud;
import orrery.server.surface.OAuth;
import org.jspecify.annotations.Nullable;

/// The token endpoints. A JSON body is answered in the family's envelope; a form as the OAuth
/// standards have it (RFC 6749 5, RFC 7662, RFC 7009), so that stock clients work.
@Path("/v1/regions/global/auth")
@Consumes({"application/json", "application/x-www-form-urlencoded"})
@RunOnVirtualThread
@On(Cloud.class)
public final class TokensApi {
    private static final int LONGEST_BODY = 64 << 10;

    private final TokenExchange exchange;
    private final Clock clock;

    record Issued(
            @JsonProperty("access_token") String accessToken,
            @JsonProperty("token_type") String tokenType,
            @JsonProperty("expires_in") long expiresIn) {}

    /// The request's fields, of all grants.
    record Asked(
            @JsonProperty("grant_type") String grantType,
            @JsonProperty("api_key") @Nullable String apiKey,
            @JsonProperty("scope_narrowing") @Nullable AskedNarrowing narrowing) {}

    record AskedNarrowing(String scope, String scopeId, @Nullable Set<String> roles) {}

    record Token(String token, @JsonProperty("token_type_hint") @Nullable String hint) {}

    record Revoked(boolean revoked) {}

    public TokensApi(TokenExchange exchange, Clock clock) {
        this.exchange = exchange;
        this.clock = clock;
    }

    @POST
    @Path("/token")
    @Open
    public Answer<?> token(
            @Context Grant grant, @HeaderParam("Content-Type") String type, InputStream body) {
        return answer(type, body, Asked.class, asked -> issue(grant, asked));
    }

    @POST
    @Path("/introspect")
    @Own
    public Answer<?> introspect(
            @Context Grant grant, @HeaderParam("Content-Type") String type, InputStream body) {
        return answer(type, body, Token.class, asked -> exchange.introspect(grant, asked.token())
                .map(TokensApi::said).orElse(Map.of("active", false)));
    }

    @POST
    @Path("/revoke")
    @Own
    public Answer<?> revoke(
            @Context Grant grant, @HeaderParam("Content-Type") String type, InputStream body) {
        return answer(type, body, Token.class, asked -> {
            exchange.revoke(grant, asked.token());
            return new Revoked(true);
        });
    }

    private Issued issue(Grant grant, Asked asked) {
        return switch (asked.grantType()) {
            case "api_key" -> {
                if (asked.apiKey() == null) {
                    throw new Problem.TokenRefused(
                            Error.INVALID_REQUEST, "api_key is required").raise();
                }
                var narrowing = asked.narrowing() == null ? null : new Narrowing(
                        asked.narrowing().scope(), asked.narrowing().scopeId(),
                        asked.narrowing().roles());
                yield new Issued(exchange.forApiKey(grant, asked.apiKey(), narrowing), "Bearer",
                        TokenExchange.LIFE.toSeconds());
            }
            default -> throw new Problem.TokenRefused(
                    Error.UNSUPPORTED_GRANT_TYPE, "the grant type must be api_key").raise();
        };
    }

    /// The claims as they stand in the token (RFC 7662 2.2).
    private static Map<String, Object> said(Claims claims) {
        var said = new LinkedHashMap<String, Object>();
        said.put("active", true);
        said.put("sub", claims.subject());
        said.put("jti", claims.id());
        said.put("iat", claims.issuedAt().getEpochSecond());
        said.put("exp", claims.expiresAt().getEpochSecond());
        said.put("token_type", "Bearer");
        said.put("tenant_id", claims.tenant());
        said.put("scope", AccessTokens.scopeName(claims.scope()));
        said.put("scope_id", claims.scope().project() != null
                ? claims.scope().project() : claims.scope().organization());
        said.put("roles", claims.roles());
        said.put("principal_type", claims.kind());
        said.put("credential_id", claims.credential());
        said.putAll(claims.more());
        return said;
    }

    private interface Use<B> {
        Object of(B body);
    }

    private <B extends Record> Answer<?> answer(
            String type, InputStream in, Class<B> bodyType, Use<B> use) {
        var body = read(in);
        if (!type.startsWith("application/x-www-form-urlencoded")) {
            return Answer.<Object>ok(use.of(BodyReader.read(
                            bodyType, body, true, clock.instant())))
                    .header("Cache-Control", "no-store");
        }
        try {
            return Answer.bare(use.of(BodyReader.read(
                            bodyType, Form.asJson(body), false, clock.instant())))
                    .header("Cache-Control", "no-store");
        } catch (Problem.Failure refusal) {
            return OAuth.refusal(refusal.problem());
        }
    }

    private static byte[] read(InputStream in) {
        try {
            var bytes = in.readNBytes(LONGEST_BODY + 1);
            if (bytes.length > LONGEST_BODY) {
                throw new Problem.PayloadTooLarge(LONGEST_BODY).raise();
            }
            return bytes;
        } catch (IOException e) {
            throw new Problem.Malformed("body", "it ends too early").raise();
        }
    }
}
