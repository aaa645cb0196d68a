package orrery.server.auth.federation;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.server.auth.federation.Refusal.Reason;
import orrery.server.iam.provider.Discoveries;
import orrery.server.iam.provider.Discovery;
import orrery.server.iam.provider.Provider;
import orrery.server.iam.provider.Upstream;
import orrery.server.iam.provider.Upstream.Heard;

/// Learns from a provider who came back with a code of it.
@Singleton
final class People {
    private final Discoveries discoveries;
    private final Upstream upstream;
    private final Clock clock;

    People(Discoveries discoveries, Upstream upstream, Clock clock) {
        this.discoveries = discoveries;
        this.upstream = upstream;
        this.clock = clock;
    }

    /// What is exchanged for a code.
    ///
    /// @param secret proves who we are; empty for none
    record Answer(Flow flow, String code, String secret) {
        @Override
        public String toString() {
            return "the answer to " + flow;
        }
    }

    /// @throws Refusal
    Claimed of(Provider provider, Answer answer) {
        try {
            return switch (provider.kind()) {
                case OIDC -> openId(provider, answer);
                case GITHUB -> gitHub(provider, token(provider, answer));
                case GITLAB -> gitLab(provider, token(provider, answer));
            };
        } catch (Problem.Failure refusal) {
            throw new Refusal(Reason.UNREACHABLE, Sentences.of(refusal.problem()));
        }
    }

    private Claimed openId(Provider provider, Answer answer) {
        var url = String.valueOf(provider.endpoints().discoveryUrl());
        var said = discoveries.of(url);
        var heard = exchange(provider, said.token(), answer, !said.isSecretPosted());
        var claims = IdTokenCheck.claims(heard.text("id_token"), said,
                () -> discoveries.withNewKeys(url), provider.endpoints().clientId(),
                answer.flow().nonce(), clock.instant());
        try {
            var email = claims.getStringClaim("email");
            if (email == null && said.userinfo().getHost() != null) {
                return userinfo(said, claims.getSubject(), heard.text("access_token"))
                        .with(showedMore(provider, claims));
            }
            return new Claimed(said.issuer(), claims.getSubject(), email,
                    isTrue(claims.getClaim("email_verified")),
                    name(claims.getStringClaim("name"),
                            claims.getStringClaim("preferred_username"), email),
                    showedMore(provider, claims));
        } catch (ParseException e) {
            throw new Refusal(Reason.UNPROVED, "a claim of the ID token is no text");
        }
    }

    /// Only signed claims count for that, and of those only values that somebody named for it.
    private static boolean showedMore(Provider provider, JWTClaimsSet claims) {
        var trusted = provider.endpoints().mfaValues();
        var said = new ArrayList<String>();
        said.add(String.valueOf(claims.getClaim("acr")));
        if (claims.getClaim("amr") instanceof List<?> methods) {
            methods.forEach(one -> said.add(String.valueOf(one)));
        }
        return said.stream().anyMatch(trusted::contains);
    }

    /// What the ID token left out. It must be about the same person (OpenID Connect Core 5.3.2).
    private Claimed userinfo(Discovery said, String subject, @Nullable String token) {
        var heard = upstream.get("userinfo", said.userinfo(), token);
        if (!heard.isGood() || !subject.equals(heard.text("sub"))) {
            throw new Refusal(Reason.UNPROVED, "the userinfo endpoint speaks of somebody else");
        }
        return new Claimed(said.issuer(), subject, heard.text("email"),
                isTrue(heard.json().path("email_verified").asText()),
                name(heard.text("name"), heard.text("preferred_username"),
                        heard.text("email")));
    }

    private static boolean isTrue(@Nullable Object claim) {
        return "true".equals(String.valueOf(claim));
    }

    private Claimed gitHub(Provider provider, String token) {
        var person = person(provider, token);
        var emails = page(provider.endpoints().emailsUrl(), token);
        var verified = StreamSupport.stream(emails.spliterator(), false)
                .filter(one -> one.path("verified").asBoolean())
                .sorted((a, b) -> Boolean.compare(
                        b.path("primary").asBoolean(), a.path("primary").asBoolean()))
                .map(one -> one.path("email").asText()).findFirst();
        var email = verified.orElse(person.text("email"));
        return new Claimed(String.valueOf(provider.endpoints().userinfoUrl()), id(person), email,
                verified.isPresent(), name(person.text("name"), person.text("login"), email));
    }

    private Claimed gitLab(Provider provider, String token) {
        var person = person(provider, token);
        if (!"active".equals(Objects.requireNonNullElse(person.text("state"), "active"))) {
            throw new Refusal(Reason.DENIED, "the person is not active at the provider");
        }
        var email = person.text("email");
        return new Claimed(String.valueOf(provider.endpoints().userinfoUrl()), id(person), email,
                person.text("confirmed_at") != null,
                name(person.text("name"), person.text("username"), email));
    }

    private Heard person(Provider provider, String token) {
        var heard = upstream.get("oauthConfig.userinfoUrl",
                URI.create(String.valueOf(provider.endpoints().userinfoUrl())), token);
        if (!heard.isGood()) {
            throw new Refusal(Reason.PERSON, "userinfo answers " + heard.status());
        }
        return heard;
    }

    private JsonNode page(@Nullable String address, String token) {
        return upstream.get("oauthConfig.emailsUrl", URI.create(String.valueOf(address)), token)
                .json();
    }

    /// Never the login name: that one is given to others.
    private static String id(Heard person) {
        var id = person.text("id");
        if (id == null) {
            throw new Refusal(Reason.PERSON, "userinfo names no id");
        }
        return id;
    }

    private String token(Provider provider, Answer answer) {
        var heard = exchange(provider,
                URI.create(String.valueOf(provider.endpoints().tokenUrl())), answer, false);
        var token = heard.text("access_token");
        if (token == null) {
            throw new Refusal(Reason.UNPROVED, "the token endpoint gave no token: "
                    + Objects.requireNonNullElse(heard.text("error"), "no error"));
        }
        return token;
    }

    private Heard exchange(Provider provider, URI endpoint, Answer answer, boolean byHeader) {
        var form = new HashMap<>(Map.of(
                "grant_type", "authorization_code",
                "code", answer.code(),
                "redirect_uri", answer.flow().redirectUri(),
                "code_verifier", answer.flow().verifier()));
        var headers = new HashMap<String, String>();
        var id = provider.endpoints().clientId();
        if (byHeader && !answer.secret().isEmpty()) {
            headers.put("Authorization", "Basic " + Base64.getEncoder().encodeToString(
                    basic(id, answer.secret()).getBytes(StandardCharsets.UTF_8)));
        } else {
            form.put("client_id", id);
            if (!answer.secret().isEmpty()) {
                form.put("client_secret", answer.secret());
            }
        }
        var heard = upstream.post("token endpoint", endpoint, headers, form);
        if (!heard.isGood()) {
            throw new Refusal(Reason.UNPROVED, "the token endpoint answers " + heard.status()
                    + " " + Objects.requireNonNullElse(heard.text("error"), ""));
        }
        return heard;
    }

    /// Each part form-encoded (RFC 6749 2.3.1).
    private static String basic(String id, String secret) {
        return Upstream.encoded(Map.of(id, secret)).replace("=", ":");
    }

    private static String name(@Nullable String... all) {
        return Stream.of(all).filter(one -> one != null && !one.isBlank())
                .map(one -> one.replaceAll("\\p{Cntrl}", " ").strip())
                .findFirst().orElse("");
    }
}
