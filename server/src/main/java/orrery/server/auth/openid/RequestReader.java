package orrery.server.auth.openid;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.http.Json;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Clients;
import orrery.server.auth.client.RedirectUris;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.exchange.PersonClaims;
import orrery.server.auth.exchange.Terms;
import orrery.server.auth.openid.AuthorizationRequest.Read;
import orrery.server.auth.openid.AuthorizationRequest.Wanted;
import orrery.server.auth.session.Proof;
import orrery.server.auth.token.IdTokens;

/// Reads authorization requests. First it proves where an answer may go; every other mistake is
/// then told there.
@Singleton
final class RequestReader {
    private static final Pattern CHALLENGE = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final int LONGEST = 1_000;

    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0.
    static final String UNMET = "unmet_authentication_requirements";

    /// What is read of a request, each at most once.
    private static final List<String> READ = List.of("response_type", "response_mode", "scope",
            "state", "nonce", "code_challenge", "code_challenge_method", "prompt", "max_age",
            "login_hint", "id_token_hint", "claims", "acr_values");

    private final Clients clients;
    private final IdTokens idTokens;

    RequestReader(Clients clients, IdTokens idTokens) {
        this.clients = clients;
        this.idTokens = idTokens;
    }

    /// A mistake that the client is told of.
    private static final class Mistake extends Exception {
        private static final long serialVersionUID = 1;

        final String error;

        Mistake(String error, String description) {
            super(description, null, false, false);
            this.error = error;
        }
    }

    Read read(Tx tx, Map<String, List<String>> query) {
        var id = only(query, "client_id");
        var client = id == null ? null : clients.find(tx, id).orElse(null);
        if (client == null) {
            return new Read.Nowhere("The application that sent you here is not known.");
        }
        var redirect = only(query, "redirect_uri");
        if (redirect == null || !RedirectUris.contains(client.redirectUris(), redirect)) {
            return new Read.Nowhere("The application that sent you here, "
                    + client.displayName() + ", names an address that it has not registered.");
        }
        var target = new Target(client, redirect, first(query, "state"),
                "form_post".equals(first(query, "response_mode")));
        try {
            return new Read.Good(request(tx, query, target));
        } catch (Mistake mistake) {
            return new Read.Wrong(target, mistake.error, String.valueOf(mistake.getMessage()));
        }
    }

    private AuthorizationRequest request(Tx tx, Map<String, List<String>> query, Target target)
            throws Mistake {
        checkForm(query);
        var client = target.client();
        if (!client.grantTypes().contains(Client.CODE)) {
            throw new Mistake("unauthorized_client", "the client is not registered for codes");
        }
        var scopes = scopes(client, first(query, "scope"));
        var prompt = Scopes.read(String.valueOf(query.containsKey("prompt")
                ? first(query, "prompt") : ""));
        if (prompt.contains("none") && prompt.size() > 1) {
            throw new Mistake("invalid_request", "the prompt none goes with no other");
        }
        var claims = claims(first(query, "claims"));
        var inIdToken = new HashSet<>(names(client, claims.path("id_token")));
        if (query.containsKey("acr_values")) {
            inIdToken.add("acr");
        }
        var terms = new Terms(scopes, first(query, "nonce"), inIdToken,
                names(client, claims.path("userinfo")));
        return new AuthorizationRequest(
                query.entrySet().stream().collect(Collectors.toMap(
                        Map.Entry::getKey, one -> one.getValue().getFirst())),
                target, terms, challenge(client, query), prompt, maxAge(first(query, "max_age")),
                subject(first(query, "id_token_hint"), claims),
                wanted(first(query, "acr_values"), claims.at("/id_token/acr")),
                first(query, "login_hint"));
    }

    private static void checkForm(Map<String, List<String>> query) throws Mistake {
        for (var name : READ) {
            var values = query.getOrDefault(name, List.of());
            if (values.size() > 1) {
                throw new Mistake("invalid_request", name + " comes twice");
            }
            if (!values.isEmpty() && values.getFirst().length() > LONGEST
                    && !name.equals("claims") && !name.equals("id_token_hint")) {
                throw new Mistake("invalid_request", name + " is too long");
            }
        }
        for (var name : List.of("request", "request_uri", "registration")) {
            if (query.containsKey(name)) {
                throw new Mistake(name + "_not_supported", "send the parameters themselves");
            }
        }
        var type = first(query, "response_type");
        if (type == null) {
            throw new Mistake("invalid_request", "response_type is required");
        }
        if (!type.equals("code")) {
            throw new Mistake("unsupported_response_type", "the response type must be code");
        }
        var mode = first(query, "response_mode");
        if (mode != null && !mode.equals("query") && !mode.equals("form_post")) {
            throw new Mistake("invalid_request", "the response mode must be query or form_post");
        }
    }

    /// Unknown scopes are passed over (OpenID Connect Core 3.1.2.1), ours only for who has them.
    private static Set<String> scopes(Client client, @Nullable String text) throws Mistake {
        var asked = Scopes.read(text == null ? "" : text);
        asked.retainAll(Scopes.ALL);
        if (!client.scopes().containsAll(asked)) {
            throw new Mistake("invalid_scope", "the client is not registered for "
                    + asked.stream().filter(one -> !client.scopes().contains(one))
                            .collect(Collectors.joining(", ")));
        }
        if (asked.isEmpty()) {
            throw new Mistake("invalid_scope", "ask for one of "
                    + String.join(", ", Scopes.ALL));
        }
        return asked;
    }

    private static @Nullable String challenge(Client client, Map<String, List<String>> query)
            throws Mistake {
        var challenge = first(query, "code_challenge");
        var method = first(query, "code_challenge_method");
        if (challenge == null) {
            if (client.requirePkce() || method != null) {
                throw new Mistake("invalid_request", "code_challenge is required (RFC 7636)");
            }
            return null;
        }
        if (!"S256".equals(method) || !CHALLENGE.matcher(challenge).matches()) {
            throw new Mistake("invalid_request",
                    "code_challenge_method must be S256, and the challenge 43 characters");
        }
        return challenge;
    }

    private static @Nullable Long maxAge(@Nullable String text) throws Mistake {
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw new Mistake("invalid_request", "max_age is a number of seconds");
        }
        return Long.valueOf(text);
    }

    private @Nullable String subject(@Nullable String hint, JsonNode claims) throws Mistake {
        var named = claims.at("/id_token/sub/value").textValue();
        if (hint == null) {
            return named;
        }
        var hinted = idTokens.hint(hint).orElseThrow(
                () -> new Mistake("invalid_request", "the id_token_hint is none of ours"));
        if (named != null && !named.equals(hinted.subject())) {
            throw new Mistake("invalid_request",
                    "the id_token_hint and the claim sub name two persons");
        }
        return hinted.subject();
    }

    /// The least of the levels that are named; those of others are passed over, unless the client
    /// takes nothing else (OpenID Connect Core 5.5.1.1).
    private static @Nullable Wanted wanted(@Nullable String wished, JsonNode claim)
            throws Mistake {
        var isEssential = claim.path("essential").asBoolean()
                && (claim.has("value") || claim.has("values"));
        var named = Scopes.read(isEssential || wished == null ? "" : wished);
        if (isEssential) {
            claim.path("values").forEach(one -> named.add(one.asText()));
            if (claim.has("value")) {
                named.add(claim.path("value").asText());
            }
        }
        var least = Arrays.stream(Proof.Level.values())
                .filter(level -> named.contains(level.acr())).findFirst();
        if (isEssential && least.isEmpty()) {
            throw new Mistake(UNMET, "no sign-in here is worth any of the acr values");
        }
        return least.map(level -> new Wanted(level, isEssential)).orElse(null);
    }

    private static JsonNode claims(@Nullable String text) throws Mistake {
        try {
            var read = Json.shared().readTree(text == null ? "{}" : text);
            if (read.isObject()) {
                return read;
            }
        } catch (IOException e) {
            // Told below.
        }
        throw new Mistake("invalid_request", "claims must be a JSON object");
    }

    /// Those that we know, and that a scope of the client's could ask for as well: by name nobody
    /// learns more.
    private static Set<String> names(Client client, JsonNode asked) {
        return asked.propertyStream().map(Map.Entry::getKey).filter(PersonClaims.ALL::contains)
                .filter(name -> {
                    var scope = PersonClaims.scopeOf(name);
                    return scope == null || client.scopes().contains(scope);
                }).collect(Collectors.toSet());
    }

    private static @Nullable String only(Map<String, List<String>> query, String name) {
        return query.getOrDefault(name, List.of()).size() == 1 ? first(query, name) : null;
    }

    /// An empty one counts as absent (RFC 6749 3.1).
    private static @Nullable String first(Map<String, List<String>> query, String name) {
        var values = query.getOrDefault(name, List.of());
        return values.isEmpty() || values.getFirst().isEmpty() ? null : values.getFirst();
    }
}
