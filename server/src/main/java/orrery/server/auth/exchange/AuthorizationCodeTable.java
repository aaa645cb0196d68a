package orrery.server.auth.exchange;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import orrery.kit.db.Json;
import orrery.kit.db.Jsonb;
import orrery.kit.db.Tx;
import orrery.server.auth.token.RandomSecrets;
import org.jspecify.annotations.Nullable;

final class AuthorizationCodeTable {
    private static final Pattern VERIFIER = Pattern.compile("[A-Za-z0-9._~-]{43,128}");

    /// @param parentId the browser's session that the code was given in
    /// @param challenge SHA-256 of the client's verifier, base64url (RFC 7636 4.2)
    /// @param sessionId what the code was exchanged for
    record Row(
            byte[] hash, String clientId, String userId, String parentId, String redirectUri,
            @Nullable String challenge, @Jsonb Terms terms, Instant createdAt, Instant expiresAt,
            @Nullable String sessionId) {

        /// Whether this client may exchange it with that request, now.
        boolean isFor(String client, TokenRequest asked, Instant now) {
            return isFor(client, asked.redirectUri(), asked.codeVerifier(), now);
        }

        /// As above.
        boolean isFor(String client, @Nullable String redirect, @Nullable String verifier,
                Instant now) {
            return clientId.equals(client)
                    && redirectUri.equals(redirect)
                    && now.isBefore(expiresAt)
                    && matches(verifier);
        }

        /// A verifier without a challenge is refused too: somebody took the challenge away on the
        /// way to us (RFC 9700 2.1.1).
        private boolean matches(@Nullable String verifier) {
            if (challenge == null || verifier == null) {
                return challenge == null && verifier == null;
            }
            return VERIFIER.matcher(verifier).matches() && MessageDigest.isEqual(
                    challenge.getBytes(StandardCharsets.US_ASCII), Base64.getUrlEncoder()
                            .withoutPadding().encode(RandomSecrets.hash(verifier)));
        }
    }

    private static final String INSERT = """
            insert into authorization_code (hash, client_id, user_id, parent_id, redirect_uri,
                                            challenge, terms, created_at, expires_at)
            values (:hash, :client, :user, :parent, :redirect, :challenge, :terms, :at, :expires)
            """;

    void insert(Tx tx, Row row) {
        tx.handle().createUpdate(INSERT)
                .bind("hash", row.hash())
                .bind("client", row.clientId())
                .bind("user", row.userId())
                .bind("parent", row.parentId())
                .bind("redirect", row.redirectUri())
                .bind("challenge", row.challenge())
                .bind("terms", Json.of(row.terms()))
                .bind("at", row.createdAt())
                .bind("expires", row.expiresAt())
                .execute();
    }

    /// Of two that come with the same code at once, one takes it.
    private static final String TAKE = """
            update authorization_code
            set used_at = :now
            where hash = :hash and used_at is null
            returning *""";

    Optional<Row> take(Tx tx, byte[] hash, Instant now) {
        return tx.handle().createQuery(TAKE).bind("hash", hash).bind("now", now)
                .mapTo(Row.class).findOne();
    }

    private static final String USE_UP = """
            update authorization_code
            set used_at = :now
            where user_id = :user and client_id = :client and used_at is null""";

    void useUp(Tx tx, String user, String client, Instant now) {
        tx.handle().createUpdate(USE_UP).bind("user", user).bind("client", client)
                .bind("now", now).execute();
    }

    private static final String SESSION = """
            select session_id
            from authorization_code
            where hash = :hash and session_id is not null""";

    /// What a code was exchanged for before.
    Optional<String> session(Tx tx, byte[] hash) {
        return tx.handle().createQuery(SESSION).bind("hash", hash)
                .mapTo(String.class).findOne();
    }

    private static final String EXCHANGED = """
            update authorization_code
            set session_id = :session
            where hash = :hash""";

    void exchanged(Tx tx, byte[] hash, String session) {
        tx.handle().createUpdate(EXCHANGED).bind("hash", hash).bind("session", session).execute();
    }

    private static final String SWEEP = """
            delete from authorization_code
            where hash in (
                select hash from authorization_code where created_at < :before limit 100)""";

    void sweep(Tx tx, Instant before) {
        tx.handle().createUpdate(SWEEP).bind("before", before).execute();
    }
}
