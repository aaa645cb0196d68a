package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.server.Visitor;
import orrery.server.auth.token.RandomSecrets;

/// A provider with an operator, a member, and clients that tests register.
///
/// @param operator signed in, owner of `organization`
/// @param member signed in, of the same organization
/// @param outsider signed in, of another organization
public record Provider(
        URI server, Visitor operator, Visitor member, Visitor outsider, String organization) {
    static final String PASSWORD = "tallow finch 7";
    static final String MEMBER = "ann@example.com";
    static final String OPERATOR = "op@example.com";
    static final String AUTH = "/v1/regions/global/auth";
    static final String CLIENTS = "/v1/regions/global/iam/clients";
    static final String CALLBACK = "https://app.example.com/cb";
    static final String VERIFIER = "a-verifier-that-is-at-least-43-characters-long";

    private static final Map<URI, Provider> KNOWN = new ConcurrentHashMap<>();
    private static final Map<URI, App> ANY = new ConcurrentHashMap<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    static Provider on(URI server) {
        return KNOWN.computeIfAbsent(URI.create("http://127.0.0.1:" + server.getPort()),
                Provider::settle);
    }

    private static Provider settle(URI server) {
        var anybody = Visitor.of(server);
        var operator = anybody.as(register(anybody, OPERATOR, "setupCode",
                anybody.get("/setup").text("/code")));
        var member = anybody.as(register(anybody, MEMBER, "inviteCode",
                operator.get("/v1/api/settings/invite-code").text("/inviteCode")));
        var outsider = anybody.as(register(anybody, "out@example.com", "inviteCode",
                operator.get("/v1/api/settings/invite-code").text("/inviteCode")));
        var organization = operator.get(AUTH + "/me").text("/data/organization/id");
        return new Provider(server, operator, member, outsider, organization);
    }

    /// Somebody new in the operator's organization, who signs in with [#PASSWORD].
    ///
    /// @return a token
    String register(String email) {
        return register(Visitor.of(server), email, "inviteCode",
                operator.get("/v1/api/settings/invite-code").text("/inviteCode"));
    }

    private static String register(Visitor anybody, String email, String name, String code) {
        var answer = anybody.post("/v1/api/auth/register", Map.of(
                "email", email, "password", PASSWORD, "name", "Ann <Lee>", name, code));
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        return answer.text("/token");
    }

    /// A registered client.
    ///
    /// @param secret empty for a client without one
    record App(String id, String secret) {
        Map<String, String> proof() {
            return secret.isEmpty() ? Map.of("client_id", id)
                    : Map.of("client_id", id, "client_secret", secret);
        }
    }

    /// Registers a client; `more` beside what every client has.
    App app(Map<String, Object> more) {
        var body = new HashMap<String, Object>(Map.of("organizationId", organization,
                "displayName", "App " + COUNT.incrementAndGet(),
                "redirectUris", List.of(CALLBACK, CALLBACK + "?foo=bar"),
                "postLogoutRedirectUris", List.of("https://app.example.com/bye")));
        body.putAll(more);
        var made = operator.post(CLIENTS, body);
        assertThat(made.status()).as(made.raw().body()).isEqualTo(201);
        return new App(made.text("/data/client/id"),
                made.json().at("/data/clientSecret").isNull() ? ""
                        : made.text("/data/clientSecret"));
    }

    App app() {
        return app(Map.of());
    }

    /// One that tests share which only want to be asked who they are: an organization has few.
    App anyApp() {
        return ANY.computeIfAbsent(server, _ -> app());
    }

    App publicApp() {
        return app(Map.of("authentication", "none"));
    }

    Browser browser() {
        return new Browser(server);
    }

    /// The address of an authorization request; `more` overrides, and removes what is empty.
    static String authorize(App app, Map<String, String> more) {
        var all = new LinkedHashMap<>(Map.of("client_id", app.id(), "redirect_uri", CALLBACK,
                "response_type", "code", "scope", "openid", "state", "st&te",
                "code_challenge", challenge(), "code_challenge_method", "S256"));
        all.putAll(more);
        all.values().removeIf(String::isEmpty);
        return "/oauth2/authorize?" + Browser.encoded(all);
    }

    static String challenge() {
        return Base64.getUrlEncoder().withoutPadding()
                .encodeToString(RandomSecrets.hash(VERIFIER));
    }

    /// Signs the browser in, allows what is asked, and is sent back.
    static Browser.Seen allow(Browser browser, Browser.Seen page) {
        var at = page;
        if (at.isSignIn()) {
            at = signIn(browser, at, MEMBER);
        }
        if (at.isConsent()) {
            at = browser.submit(at, Map.of("answer", "allow"));
        }
        assertThat(at.status()).as(at.body()).isEqualTo(303);
        return at;
    }

    static Browser.Seen signIn(Browser browser, Browser.Seen page, String name) {
        return browser.submit(page, Map.of("name", name, "password", PASSWORD));
    }

    String code(Browser browser, App app, Map<String, String> more) {
        var sent = allow(browser, browser.get(authorize(app, more)));
        assertThat(sent.answer()).containsKey("code");
        return sent.answer().get("code");
    }

    /// Posts a form to the token endpoint.
    Visitor.Heard token(Map<String, String> fields) {
        return form(AUTH + "/token", fields);
    }

    Visitor.Heard form(String path, Map<String, String> fields) {
        return Visitor.of(server).with("Content-Type", "application/x-www-form-urlencoded")
                .post(path, Browser.encoded(fields));
    }

    Visitor.Heard exchange(App app, String code, Map<String, String> more) {
        var all = new HashMap<>(app.proof());
        all.putAll(Map.of("grant_type", "authorization_code", "code", code,
                "redirect_uri", CALLBACK, "code_verifier", VERIFIER));
        all.putAll(more);
        all.values().removeIf(String::isEmpty);
        return token(all);
    }

    Visitor.Heard refresh(App app, String token) {
        var all = new HashMap<>(app.proof());
        all.putAll(Map.of("grant_type", "refresh_token", "refresh_token", token));
        return token(all);
    }

    /// The whole way: tokens for a person of this provider.
    Visitor.Heard tokens(Browser browser, App app, Map<String, String> more) {
        var heard = exchange(app, code(browser, app, more), Map.of());
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(200);
        return heard;
    }

    static String basic(App app) {
        return "Basic " + Base64.getEncoder().encodeToString(
                (app.id() + ":" + app.secret()).getBytes(StandardCharsets.UTF_8));
    }

    static List<String> list(JsonNode array) {
        var out = new ArrayList<String>();
        array.forEach(one -> out.add(one.asText()));
        return out;
    }
}
