package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.CrossOrigin;
import orrery.kit.http.CrossOrigin.Who;
import orrery.kit.http.CrossOrigins;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.exchange.ClientTokens;
import orrery.server.auth.exchange.Form;
import orrery.server.auth.exchange.PersonClaims;
import orrery.server.auth.exchange.TokenInspection;
import orrery.server.auth.token.Claims;
import orrery.server.iam.user.Users;
import orrery.server.surface.OAuth;

/// Says who somebody is to a client that they let know (OpenID Connect Core 5.3). The token comes
/// by header, or in a posted form, never in the address (RFC 6750 2).
@Path("/oauth2/userinfo")
@RunOnVirtualThread
@On(OAuth.class)
public final class UserinfoApi {
    private final Database database;
    private final TokenInspection inspection;
    private final ClientTokens families;
    private final PersonClaims claims;
    private final Users users;

    record Refusal(String error) {}

    public UserinfoApi(
            Database database, TokenInspection inspection, ClientTokens families,
            PersonClaims claims, Users users) {
        this.database = database;
        this.inspection = inspection;
        this.families = families;
        this.claims = claims;
        this.users = users;
    }

    @GET
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<?> get(
            @Context Grant grant, @HeaderParam("Authorization") @Nullable String authorization) {
        return answer(grant, bearer(authorization));
    }

    /// With the token in a header the content is nobody's concern, whatever it is called.
    @POST
    @Consumes("*/*")
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<?> post(
            @Context Grant grant, @HeaderParam("Authorization") @Nullable String authorization,
            @HeaderParam("Content-Type") @Nullable String type, InputStream body) {
        var header = bearer(authorization);
        var field = type != null && type.startsWith(Form.TYPE)
                ? Form.read(body).get("access_token") : null;
        return header != null && field != null
                ? refusal(400, "invalid_request") : answer(grant, header == null ? field : header);
    }

    @OPTIONS
    @Open
    @CrossOrigin(Who.REGISTERED)
    public Answer<Void> preflight() {
        return CrossOrigins.preflight(List.of("GET", "POST"));
    }

    private Answer<?> answer(Grant grant, @Nullable String token) {
        if (token == null) {
            return Answer.bare(new Refusal("invalid_request")).status(401)
                    .header("WWW-Authenticate", "Bearer").header("Cache-Control", "no-store");
        }
        var found = inspection.current(grant, token)
                .filter(it -> it.kind() == Claims.Kind.USER && it.session() != null);
        if (found.isEmpty()) {
            return refusal(401, "invalid_token");
        }
        return found.flatMap(it -> said(grant, it))
                .<Answer<?>>map(it -> Answer.bare(it).header("Cache-Control", "no-store"))
                .orElseGet(() -> refusal(403, "insufficient_scope"));
    }

    private Optional<Map<String, Object>> said(Grant grant, Claims token) {
        return database.read(grant, tx -> families.terms(tx, String.valueOf(token.session()))
                .filter(terms -> terms.scopes().contains(Scopes.OPENID))
                .flatMap(terms -> users.byId(tx, token.subject())
                        .map(user -> claims.userinfo(tx, user, terms))));
    }

    private static @Nullable String bearer(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? authorization.substring(7).strip() : null;
    }

    private static Answer<?> refusal(int status, String error) {
        return Answer.bare(new Refusal(error)).status(status)
                .header("WWW-Authenticate", "Bearer error=\"" + error + "\"")
                .header("Cache-Control", "no-store");
    }
}
