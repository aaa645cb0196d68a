package orrery.server.auth.token;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import orrery.kit.access.Scope;

/// What an access token says (RFC 9068, with the names of the cloud family's specification).
///
/// @param id `jti`: `tok_…`
/// @param subject `sub`: the user, or the client of a service account
/// @param tenant `tenant_id`: the organization that the caller acts in
/// @param scope the token counts here and below; `PLATFORM` for operators
/// @param roles names of the roles that the token counts for
/// @param credential identifier of the key or credential it was got with; `null` for sessions
/// @param session identifier of the session it belongs to (`sid`); `null` otherwise
/// @param more claims for other readers, which we never read ourselves
/// @param use what it may be shown to (`aud`)
public record Claims(
        String id,
        String subject,
        Kind kind,
        String tenant,
        Scope scope,
        Set<String> roles,
        @Nullable String credential,
        @Nullable String session,
        Instant issuedAt,
        Instant expiresAt,
        Map<String, Object> more,
        Use use) {

    /// `principal_type`.
    public enum Kind { USER, API_KEY, SERVICE_ACCOUNT }

    /// The API with all its families, or the one endpoint that says who somebody is: a client
    /// that may only learn a name gets no token that does more.
    public enum Use { API, USERINFO }

    /// A token for the API.
    public Claims(
            String id, String subject, Kind kind, String tenant, Scope scope, Set<String> roles,
            @Nullable String credential, @Nullable String session, Instant issuedAt,
            Instant expiresAt, Map<String, Object> more) {
        this(id, subject, kind, tenant, scope, roles, credential, session, issuedAt, expiresAt,
                more, Use.API);
    }

    public Claims {
        roles = Set.copyOf(roles);
        more = Map.copyOf(more);
    }
}
