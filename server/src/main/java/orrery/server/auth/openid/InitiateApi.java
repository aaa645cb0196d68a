package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.RedirectUris;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.token.AccessTokens;
import orrery.server.iam.provider.Providers;
import orrery.server.iam.provider.Upstream;
import orrery.server.surface.Cloud;

/// Where to send somebody who has typed an e-mail address: to the provider of its domain, if that
/// one is proved, by way of our own authorization endpoint.
@Path("/v1/regions/global/auth/login/initiate")
@RunOnVirtualThread
@On(Cloud.class)
public final class InitiateApi {
    private final Database database;
    private final Clients clients;
    private final Providers providers;
    private final String issuer;

    /// @param state and the others: of the client's own authorization request; what is left out
    ///     here it adds to the address itself
    record Ask(
            String email,
            String redirectUri,
            String clientId,
            @Nullable String state,
            @Nullable String nonce,
            @Nullable String scope,
            @Nullable String codeChallenge,
            @Nullable String codeChallengeMethod) {
        Ask {
            new Mistakes().check("email", email, it -> it.length() <= 254 && it.indexOf('@') > 0,
                    "must be an e-mail address").orRefuse();
        }
    }

    record View(String authorizationUrl) {}

    public InitiateApi(
            Database database, Clients clients, Providers providers, AccessTokens tokens) {
        this.database = database;
        this.clients = clients;
        this.providers = providers;
        this.issuer = tokens.issuer();
    }

    @POST
    @Open
    public Answer<View> initiate(@Context Grant grant, Ask asked) {
        return Answer.ok(database.read(grant, tx -> {
            var client = clients.find(tx, asked.clientId()).orElse(null);
            check(client, asked);
            var query = new LinkedHashMap<String, String>();
            query.put("client_id", asked.clientId());
            query.put("redirect_uri", asked.redirectUri());
            query.put("response_type", "code");
            query.put("scope", asked.scope() == null ? Scopes.OPENID : asked.scope());
            query.put("login_hint", asked.email());
            put(query, "state", asked.state());
            put(query, "nonce", asked.nonce());
            put(query, "code_challenge", asked.codeChallenge());
            put(query, "code_challenge_method", asked.codeChallengeMethod());
            providers.routed(tx, asked.email())
                    .ifPresent(it -> query.put(WaysIn.PROVIDER, it.id()));
            return new View(issuer + "/oauth2/authorize?" + Upstream.encoded(query));
        })).header("Cache-Control", "no-store");
    }

    private static void check(@Nullable Client client, Ask asked) {
        new Mistakes().unless(client != null, "clientId", "names no client")
                .unless(client == null || RedirectUris.contains(
                                client.redirectUris(), asked.redirectUri()),
                        "redirectUri", "is none that the client has registered").orRefuse();
    }

    private static void put(
            LinkedHashMap<String, String> query, String name, @Nullable String value) {
        if (value != null) {
            query.put(name, value);
        }
    }
}
