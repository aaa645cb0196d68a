package orrery.server.auth.exchange;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.Problem.TokenRefused.Error;
import orrery.kit.Problem.Unauthenticated.Credential;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.BodyReader;
import orrery.kit.http.CrossOrigin;
import orrery.kit.http.CrossOrigin.Who;
import orrery.kit.http.CrossOrigins;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Reads;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Presented;
import orrery.server.surface.Cloud;
import orrery.server.surface.OAuth;
import org.jspecify.annotations.Nullable;

/// The token endpoints. A JSON body is answered in the family's envelope; a form as the OAuth
/// standards have it (RFC 6749 5, RFC 7662, RFC 7009), so that stock clients work.
@Path("/v1/regions/global/auth")
@RunOnVirtualThread
@On(Cloud.class)
public final class TokensApi {
    /// What may be exchanged here.
    public static final List<String> GRANTS = List.of(Client.CODE, Client.REFRESH, Client.DEVICE,
            ServiceAccountGrant.GRANT, "api_key", Impersonation.GRANT);

    private final AuthorizationCodes codes;
    private final RefreshGrant refreshes;
    private final DeviceCodes devices;
    private final ApiKeyGrant keys;
    private final ServiceAccountGrant accounts;
    private final Impersonation impersonation;
    private final TokenInspection inspection;
    private final Shown shown;
    private final Clock clock;

    record Token(
            String token,
            @JsonProperty("token_type_hint") @Nullable String hint,
            @JsonProperty("client_id") @Nullable String clientId,
            @JsonProperty("client_secret") @Nullable String clientSecret,
            @JsonProperty("client_assertion_type") @Nullable String clientAssertionType,
            @JsonProperty("client_assertion") @Nullable String clientAssertion) {
        Presented client(@Nullable String authorization) {
            return Presented.read(authorization, new Presented.Fields(
                    clientId, clientSecret, clientAssertionType, clientAssertion));
        }
    }

    record Revoked(boolean revoked) {}

    public TokensApi(
            AuthorizationCodes codes, RefreshGrant refreshes, DeviceCodes devices,
            ApiKeyGrant keys, ServiceAccountGrant accounts, Impersonation impersonation,
            TokenInspection inspection, Shown shown, Clock clock) {
        this.codes = codes;
        this.refreshes = refreshes;
        this.devices = devices;
        this.keys = keys;
        this.accounts = accounts;
        this.impersonation = impersonation;
        this.inspection = inspection;
        this.shown = shown;
        this.clock = clock;
    }

    @POST
    @Path("/token")
    @Consumes({"application/json", Form.TYPE})
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<?> token(
            @Context Grant grant, @HeaderParam("Content-Type") @Nullable String type,
            @HeaderParam("Authorization") @Nullable String authorization,
            @Reads(TokenRequest.class) InputStream body) {
        return answer(type, body, TokenRequest.class,
                (asked, isForm) -> issue(grant, asked, authorization).to(asked));
    }

    /// For who is signed in, and for clients that prove who they are.
    @POST
    @Path("/introspect")
    @Consumes({"application/json", Form.TYPE})
    @Open
    public Answer<?> introspect(
            @Context Grant grant, @HeaderParam("Content-Type") @Nullable String type,
            @HeaderParam("Authorization") @Nullable String authorization,
            @Reads(Token.class) InputStream body) {
        return answer(type, body, Token.class, (asked, isForm) -> {
            var client = asked.client(authorization);
            var claims = grant.principal().isAnonymous()
                    ? inspection.introspect(grant, known(client), asked.token())
                    : inspection.introspect(grant, asked.token());
            return claims.map(found -> shown.of(found, isForm))
                    .orElse(Map.of("active", false));
        });
    }

    /// As [#introspect].
    @POST
    @Path("/revoke")
    @Consumes({"application/json", Form.TYPE})
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<?> revoke(
            @Context Grant grant, @HeaderParam("Content-Type") @Nullable String type,
            @HeaderParam("Authorization") @Nullable String authorization,
            @Reads(Token.class) InputStream body) {
        return answer(type, body, Token.class, (asked, isForm) -> {
            if (grant.principal().isAnonymous()) {
                inspection.revoke(grant, known(asked.client(authorization)), asked.token());
            } else {
                inspection.revoke(grant, asked.token());
            }
            return new Revoked(true);
        });
    }

    @OPTIONS
    @Path("/token")
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<Void> tokenPreflight() {
        return CrossOrigins.preflight(List.of("POST"));
    }

    @OPTIONS
    @Path("/revoke")
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<Void> revokePreflight() {
        return CrossOrigins.preflight(List.of("POST"));
    }

    private static Presented known(Presented client) {
        if (client instanceof Presented.Nothing) {
            throw new Problem.Unauthenticated(Credential.MISSING,
                    "sign in, or prove which client you are").raise();
        }
        return client;
    }

    private Issued issue(Grant grant, TokenRequest asked, @Nullable String authorization) {
        return switch (asked.grantType()) {
            case Client.CODE -> codes.exchange(grant, asked, authorization);
            case Client.REFRESH -> refreshes.issue(grant, asked, authorization);
            case Client.DEVICE -> devices.exchange(grant, asked, authorization);
            case "api_key" -> keys.issue(
                    grant, TokenRequest.required("api_key", asked.apiKey()), asked.narrowing());
            case ServiceAccountGrant.GRANT ->
                accounts.issue(grant, asked.client(authorization), asked.narrowing());
            case Impersonation.GRANT -> impersonation.issue(grant, asked);
            default -> throw new Problem.TokenRefused(Error.UNSUPPORTED_GRANT_TYPE,
                    "the grant type must be one of " + String.join(", ", GRANTS)).raise();
        };
    }

    private interface Use<B> {
        Object of(B body, boolean isForm);
    }

    private <B extends Record> Answer<?> answer(
            @Nullable String type, InputStream in, Class<B> bodyType, Use<B> use) {
        var body = Form.bytes(in);
        if (type == null || !type.startsWith(Form.TYPE)) {
            return noStore(Answer.<Object>ok(use.of(
                    BodyReader.read(bodyType, body, true, clock.instant()), false)));
        }
        try {
            return noStore(Answer.bare(use.of(BodyReader.read(
                    bodyType, Form.asJson(body), false, clock.instant()), true)));
        } catch (Problem.Failure refusal) {
            return OAuth.refusal(refusal.problem());
        }
    }

    /// RFC 6749 5.1: for caches of both generations.
    private static Answer<?> noStore(Answer<?> answer) {
        return answer.header("Cache-Control", "no-store").header("Pragma", "no-cache");
    }
}
