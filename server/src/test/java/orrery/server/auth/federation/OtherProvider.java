package orrery.server.auth.federation;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.kit.http.Json;
import orrery.server.auth.token.RandomSecrets;

/// The other side: an OpenID provider that speaks as GitHub and GitLab do too, and misbehaves when
/// told to. Whoever comes is signed in at once, as [#person].
public final class OtherProvider implements AutoCloseable {
    public static final String CLIENT = "orrery-at-other";
    public static final String SECRET = "s3cret & more=";

    /// What may be wrong with it.
    public enum Fault {
        NONE, WRONG_NONCE, NO_NONCE, OTHER_AUDIENCE, OTHER_PARTY, SEVERAL_AUDIENCES, UNSIGNED,
        SHARED_SECRET, EXPIRED, FROM_THE_FUTURE, OTHER_ISSUER, NO_SUBJECT, FOREIGN_KEY,
        NO_ID_TOKEN, CRITICAL_HEADER, NO_EMAIL, ERROR, REDIRECT, HUGE, NO_JSON, DENIED, NO_CODE,
        ISS_OF_ANOTHER, NO_ISS
    }

    /// Who is signed in there.
    public record Person(String subject, String email, boolean verified, String name) {
        public static Person of(String email) {
            return new Person(Integer.toString(Math.floorMod(email.hashCode(), 1 << 30)), email,
                    true, "Person of " + email);
        }
    }

    private final HttpServer server;
    private final Map<String, Map<String, String>> codes = new ConcurrentHashMap<>();
    private final Map<String, Person> tokens = new ConcurrentHashMap<>();
    private final AtomicInteger keySetsRead = new AtomicInteger();
    /// Made beforehand: on a busy machine that takes longer than a client waits.
    private final RSAKey foreign = key();
    private volatile RSAKey key = key();
    private volatile Person person = Person.of("nobody@other.example");
    private volatile Fault fault = Fault.NONE;
    private volatile Map<String, Object> more = Map.of();

    public OtherProvider() throws IOException {
        server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    public String issuer() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String discoveryUrl() {
        return issuer() + "/.well-known/openid-configuration";
    }

    public OtherProvider with(Person other) {
        person = other;
        return this;
    }

    public OtherProvider with(Fault other) {
        fault = other;
        return this;
    }

    /// Says that too in its ID tokens from now on.
    public OtherProvider saying(Map<String, Object> claims) {
        more = Map.copyOf(claims);
        return this;
    }

    /// Signs with another key from now on.
    public void rotate() {
        key = key();
    }

    public int keySetsRead() {
        return keySetsRead.get();
    }

    private static RSAKey key() {
        try {
            return new RSAKeyGenerator(2048).keyUse(KeyUse.SIGNATURE)
                    .keyID(UUID.randomUUID().toString()).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            var path = exchange.getRequestURI().getPath();
            switch (path) {
                case "/.well-known/openid-configuration" -> json(exchange, Map.of(
                        "issuer", issuer(), "authorization_endpoint", issuer() + "/authorize",
                        "token_endpoint", issuer() + "/token",
                        "userinfo_endpoint", issuer() + "/userinfo",
                        "jwks_uri", issuer() + "/jwks",
                        "id_token_signing_alg_values_supported",
                        List.of("RS256", "HS256", "none"),
                        "authorization_response_iss_parameter_supported", true));
                case "/jwks" -> {
                    keySetsRead.incrementAndGet();
                    json(exchange, new JWKSet(key.toPublicJWK()).toJSONObject());
                }
                case "/authorize", "/login/oauth/authorize", "/oauth/authorize" ->
                    authorize(exchange);
                case "/token", "/login/oauth/access_token", "/oauth/token" -> token(exchange);
                case "/userinfo" -> shown(exchange, it -> Map.of("sub", it.subject()));
                case "/api/v3/user" -> shown(exchange, it -> Map.of(
                        "id", Long.parseLong(it.subject()), "login", "octo", "name", it.name()));
                case "/api/v3/user/emails" -> shown(exchange, it -> List.of(
                        Map.of("email", "old@other.example", "primary", false,
                                "verified", it.verified()),
                        Map.of("email", it.email(), "primary", true,
                                "verified", it.verified())));
                case "/api/v4/user" -> shown(exchange, it -> {
                    var all = new HashMap<String, Object>(Map.of(
                            "id", Long.parseLong(it.subject()), "username", "fox",
                            "name", it.name(), "email", it.email(), "state", "active"));
                    if (it.verified()) {
                        all.put("confirmed_at", "2020-01-01T00:00:00Z");
                    }
                    return all;
                });
                default -> send(exchange, 404, "text/plain", "no such page");
            }
        }
    }

    private void authorize(HttpExchange exchange) throws IOException {
        var asked = fields(exchange.getRequestURI().getRawQuery());
        var code = UUID.randomUUID().toString();
        codes.put(code, asked);
        var said = new HashMap<>(Map.of("state", asked.get("state"), "code", code));
        if (exchange.getRequestURI().getPath().equals("/authorize") && fault != Fault.NO_ISS) {
            said.put("iss", fault == Fault.ISS_OF_ANOTHER ? "https://evil.example" : issuer());
        }
        if (fault == Fault.DENIED) {
            said.remove("code");
            said.put("error", "access_denied");
        } else if (fault == Fault.NO_CODE) {
            said.remove("code");
        }
        exchange.getResponseHeaders().add("Location", asked.get("redirect_uri") + "?"
                + encoded(said));
        exchange.sendResponseHeaders(302, -1);
    }

    private void token(HttpExchange exchange) throws IOException {
        var asked = fields(new String(
                exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        switch (fault) {
            case ERROR -> send(exchange, 500, "text/plain", "broken");
            case REDIRECT -> {
                exchange.getResponseHeaders().add("Location", issuer() + "/elsewhere");
                exchange.sendResponseHeaders(307, -1);
            }
            case HUGE -> send(exchange, 200, "application/json",
                    "{\"x\":\"" + "x".repeat(1 << 20) + "\"}");
            case NO_JSON -> send(exchange, 200, "text/html", "<p>Hello");
            default -> grant(exchange, asked);
        }
    }

    /// As strict as a provider should be.
    private void grant(HttpExchange exchange, Map<String, String> asked) throws IOException {
        var begun = codes.remove(asked.getOrDefault("code", ""));
        var challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(
                RandomSecrets.hash(asked.getOrDefault("code_verifier", "")));
        if (begun == null || !isClient(exchange, asked)
                || !begun.get("redirect_uri").equals(asked.get("redirect_uri"))
                || !challenge.equals(begun.get("code_challenge"))
                || !"S256".equals(begun.get("code_challenge_method"))
                || !"authorization_code".equals(asked.get("grant_type"))) {
            send(exchange, 400, "application/json", "{\"error\":\"invalid_grant\"}");
            return;
        }
        var token = UUID.randomUUID().toString();
        tokens.put(token, person);
        var said = new HashMap<String, Object>(
                Map.of("access_token", token, "token_type", "Bearer"));
        if (begun.get("scope").contains("openid") && fault != Fault.NO_ID_TOKEN) {
            said.put("id_token", idToken(begun.get("nonce")));
        }
        json(exchange, said);
    }

    private static boolean isClient(HttpExchange exchange, Map<String, String> asked) {
        var header = exchange.getRequestHeaders().getFirst("Authorization");
        if (header == null) {
            return CLIENT.equals(asked.get("client_id"))
                    && SECRET.equals(asked.get("client_secret"));
        }
        var parts = new String(Base64.getDecoder().decode(header.substring(6)),
                StandardCharsets.UTF_8).split(":");
        return CLIENT.equals(decoded(parts[0])) && SECRET.equals(decoded(parts[1]));
    }

    private String idToken(String nonce) {
        var now = Instant.now();
        var builder = new JWTClaimsSet.Builder()
                .issuer(fault == Fault.OTHER_ISSUER ? "https://evil.example" : issuer())
                .subject(fault == Fault.NO_SUBJECT ? null : person.subject())
                .audience(switch (fault) {
                    case OTHER_AUDIENCE -> List.of("somebody-else");
                    case SEVERAL_AUDIENCES -> List.of(CLIENT, "somebody-else");
                    default -> List.of(CLIENT);
                })
                .claim("azp", fault == Fault.OTHER_PARTY ? "somebody-else" : null)
                .claim("nonce", fault == Fault.WRONG_NONCE ? "n-0"
                        : fault == Fault.NO_NONCE ? null : nonce)
                .claim("email", fault == Fault.NO_EMAIL ? null : person.email())
                .claim("email_verified", person.verified())
                .claim("name", person.name())
                .issueTime(Date.from(fault == Fault.FROM_THE_FUTURE
                        ? now.plusSeconds(3_600) : now.minusSeconds(7_200)))
                .expirationTime(Date.from(fault == Fault.EXPIRED
                        ? now.minusSeconds(3_600) : now.plusSeconds(7_200)));
        more.forEach(builder::claim);
        try {
            return signed(builder.build());
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String signed(JWTClaimsSet claims) throws JOSEException {
        if (fault == Fault.UNSIGNED) {
            return new PlainJWT(claims).serialize();
        }
        var isShared = fault == Fault.SHARED_SECRET;
        var header = new JWSHeader.Builder(isShared ? JWSAlgorithm.HS256 : JWSAlgorithm.RS256)
                .keyID(key.getKeyID());
        if (fault == Fault.CRITICAL_HEADER) {
            header.criticalParams(Set.of("exp")).customParam("exp", 1);
        }
        var jwt = new SignedJWT(header.build(), claims);
        jwt.sign(isShared ? new MACSigner(key.toRSAPublicKey().getEncoded())
                : new RSASSASigner(fault == Fault.FOREIGN_KEY
                        ? foreign : key));
        return jwt.serialize();
    }

    private interface Page {
        Object of(Person person);
    }

    private void shown(HttpExchange exchange, Page page) throws IOException {
        var header = exchange.getRequestHeaders().getFirst("Authorization");
        var who = header == null ? null : tokens.get(header.substring(7));
        if (who == null) {
            send(exchange, 401, "application/json", "{\"message\":\"Requires authentication\"}");
        } else {
            json(exchange, page.of(who));
        }
    }

    private static void json(HttpExchange exchange, Object body) throws IOException {
        send(exchange, 200, "application/json", Json.text(body));
    }

    private static void send(HttpExchange exchange, int status, String type, String body)
            throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static Map<String, String> fields(String query) {
        var out = new HashMap<String, String>();
        for (var pair : query.split("&")) {
            var parts = pair.split("=", 2);
            out.put(decoded(parts[0]), decoded(parts[1]));
        }
        return out;
    }

    private static String encoded(Map<String, String> fields) {
        var out = new StringBuilder();
        fields.forEach((name, value) -> out.append(out.isEmpty() ? "" : "&").append(name)
                .append("=").append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return out.toString();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /// Where its endpoints of that kind are.
    public Map<String, Object> plainConfig() {
        return Map.of("baseUrl", URI.create(issuer()).toString(), "clientId", CLIENT,
                "clientSecret", SECRET);
    }
}
