package orrery.server.auth.federation;

import jakarta.inject.Singleton;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.Sentences;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.server.auth.federation.Refusal.Reason;
import orrery.server.auth.login.SignIns;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.provider.Discoveries;
import orrery.server.iam.provider.Discovery;
import orrery.server.iam.provider.Provider;
import orrery.server.iam.provider.Providers;
import orrery.server.iam.provider.Reaching;
import orrery.server.iam.provider.Upstream;
import orrery.server.iam.user.User;

/// Signs people in at other providers: there (OpenID Connect Core 3.1.2.1) and back.
///
/// What RFC 9700 asks of clients: a state that counts once and in one browser, PKCE, a nonce, an
/// address for each provider to answer at, and the issuer compared where it is told (RFC 9207).
@Singleton
public final class Federation {
    private static final int LONGEST_ANSWER = 4_096;

    private final StateTable states = new StateTable();
    private final Database database;
    private final Providers providers;
    private final Discoveries discoveries;
    private final People people;
    private final Identities identities;
    private final SignIns signIns;
    private final Reaching reaching;
    private final FlowCookie cookie;
    private final RandomSecrets secrets;
    private final Events events;
    private final Clock clock;

    Federation(
            Database database, Providers providers, Discoveries discoveries, People people,
            Identities identities, SignIns signIns, Reaching reaching, FlowCookie cookie,
            RandomSecrets secrets, Events events, Clock clock) {
        this.database = database;
        this.providers = providers;
        this.discoveries = discoveries;
        this.people = people;
        this.identities = identities;
        this.signIns = signIns;
        this.reaching = reaching;
        this.cookie = cookie;
        this.secrets = secrets;
        this.events = events;
        this.clock = clock;
    }

    /// Where the browser goes now, and the header that sets its cookie.
    public record Begun(URI location, String cookie) {}

    /// An answer as it came back.
    ///
    /// @param provider identifier or name that the address had; `null` for an address without
    /// @param answer `state`, and `code` or `error`, perhaps `iss`
    /// @param cookie what [FlowCookie#of] found
    public record Returned(
            @Nullable String provider, Map<String, String> answer, @Nullable String cookie) {
        @Override
        public String toString() {
            return "an answer of " + provider;
        }
    }

    /// Opens what the person came for, in the transaction in which they arrive.
    @FunctionalInterface
    public interface Opening<T> {
        T open(Tx tx, Arrival arrival);
    }

    /// Begins a sign-in.
    ///
    /// @param email whom to ask for; `null` for anybody
    /// @throws Problem.Failure [Problem.Unprocessable] or [Problem.Unavailable] when the provider
    ///     is not as it was registered, or does not answer
    public Begun begin(
            Provider provider, Purpose purpose, @Nullable String email) {
        var redirect = purpose instanceof Purpose.Studio ? reaching.studioCallback(provider)
                : reaching.callback(provider);
        var flow = new Flow(secrets.next(), secrets.next(), secrets.next(), provider.id(),
                redirect, purpose, clock.instant().getEpochSecond());
        var endpoints = provider.endpoints();
        var isOpenId = provider.kind() == Provider.Kind.OIDC;
        var asked = new LinkedHashMap<String, String>();
        asked.put("client_id", endpoints.clientId());
        asked.put("redirect_uri", redirect);
        asked.put("response_type", "code");
        asked.put("scope", String.join(" ", endpoints.scopes()));
        asked.put("state", flow.state());
        asked.put("code_challenge", Base64.getUrlEncoder().withoutPadding()
                .encodeToString(RandomSecrets.hash(flow.verifier())));
        asked.put("code_challenge_method", "S256");
        if (isOpenId) {
            asked.put("nonce", flow.nonce());
            if (email != null) {
                asked.put("login_hint", email);
            }
        }
        var at = isOpenId
                ? discoveries.of(String.valueOf(endpoints.discoveryUrl())).authorization()
                : URI.create(String.valueOf(endpoints.authorizationUrl()));
        return new Begun(URI.create(at + (at.getRawQuery() == null ? "?" : "&")
                + Upstream.encoded(asked)), cookie.set(flow));
    }

    /// Begins to link an identity to the caller's account.
    ///
    /// @throws Problem.Failure [Problem.Refused] when the caller proved who they are too long ago,
    ///     else as [#begin]
    public Begun beginLink(Grant grant, Provider provider) {
        var session = database.read(grant, identities::fresh);
        return begin(provider, new Purpose.Link(session.id()), null);
    }

    /// Ends a sign-in.
    ///
    /// @param open what a person who arrives gets; not asked when it was begun to link
    public <T> Outcome<T> complete(Grant grant, Returned returned, Opening<T> open) {
        var flow = cookie.open(returned.cookie()).orElse(null);
        if (flow == null || !isSame(flow.state(), returned.answer().get("state"))
                || !database.tx(grant, tx -> use(tx, flow))) {
            return new Outcome.Failed<>(null, Reason.STATE);
        }
        Provider provider = null;
        try {
            var found = database.read(grant, tx -> providers.enabled(tx, flow.provider()));
            provider = found.orElseThrow(
                    () -> new Refusal(Reason.GONE, "the provider signs in nobody"));
            var claimed = claimed(grant, provider, flow, returned);
            return enter(grant, provider, claimed, flow, open);
        } catch (Refusal refusal) {
            if (provider != null) {
                note(grant, provider, refusal);
            }
            return new Outcome.Failed<>(flow.purpose(), refusal.reason());
        }
    }

    private boolean use(Tx tx, Flow flow) {
        var now = clock.instant();
        states.sweep(tx, now);
        return states.use(tx, RandomSecrets.hash(flow.state()), now.plus(FlowCookie.LIFE));
    }

    private Claimed claimed(Grant grant, Provider provider, Flow flow, Returned returned) {
        var answer = returned.answer();
        checkSender(provider, returned);
        if (answer.containsKey("error")) {
            throw new Refusal(Reason.DENIED, "the provider said " + shown(answer.get("error")));
        }
        var code = answer.get("code");
        if (code == null || code.isEmpty() || code.length() > LONGEST_ANSWER) {
            throw new Refusal(Reason.NO_CODE, "the answer holds no code");
        }
        var secret = database.read(grant, tx -> providers.clientSecret(tx, provider));
        return people.of(provider, new People.Answer(flow, code, secret));
    }

    /// An answer counts only from whom it was asked for: else a provider could have another one's
    /// code sent to itself (mix-up, RFC 9700 4.4).
    private void checkSender(Provider provider, Returned returned) {
        var at = returned.provider();
        if (at != null && !at.equals(provider.id())
                && !(provider.organizationId() == null && at.equals(provider.name()))) {
            throw new Refusal(Reason.STATE, "the answer came to another provider's address");
        }
        var issuer = returned.answer().get("iss");
        if (provider.kind() == Provider.Kind.OIDC) {
            var said = discovered(provider);
            if (issuer == null ? said.isIssuerSent() : !issuer.equals(said.issuer())) {
                throw new Refusal(Reason.STATE, "the answer is another issuer's");
            }
        } else if (issuer != null && !Objects.equals(host(issuer),
                host(String.valueOf(provider.endpoints().authorizationUrl())))) {
            throw new Refusal(Reason.STATE, "the answer is another issuer's");
        }
    }

    private Discovery discovered(Provider provider) {
        try {
            return discoveries.of(String.valueOf(provider.endpoints().discoveryUrl()));
        } catch (Problem.Failure refusal) {
            throw new Refusal(Reason.UNREACHABLE, refusal.getMessage());
        }
    }

    private <T> Outcome<T> enter(
            Grant grant, Provider provider, Claimed claimed, Flow flow, Opening<T> open) {
        if (flow.purpose() instanceof Purpose.Link link) {
            return new Outcome.Linked<>(database.tx(grant,
                    tx -> identities.link(tx, provider, claimed, link.session())));
        }
        return database.tx(grant, tx -> {
            hold(tx, provider);
            var found = identities.arrive(tx, provider, claimed);
            if (found.entry().boundTo() == null) {
                verifyAllowed(tx, found.user());
            }
            var arrival = new Arrival(found.user(), found.entry(), flow.purpose());
            return switch (signIns.after(tx, found.user(), found.entry())) {
                case SignIns.Enough _ -> new Outcome.Entered<>(
                        flow.purpose(), open.open(tx, arrival));
                case SignIns.Second _ -> new Outcome.Halfway<>(arrival, false);
                case SignIns.Enrolment _ -> {
                    if (!identities.mayEnrol(tx, found)) {
                        throw new Refusal(Reason.NO_FACTOR, "the person has no second factor, and"
                                + " only their own sign-in sets one up");
                    }
                    yield new Outcome.Halfway<>(arrival, true);
                }
            };
        });
    }

    /// First of all, as whoever changes or deletes the provider does: neither waits for the other
    /// in a circle.
    private void hold(Tx tx, Provider provider) {
        try {
            providers.hold(tx, provider.id());
        } catch (Problem.Failure gone) {
            throw new Refusal(Reason.GONE, Sentences.of(gone.problem()));
        }
    }

    /// Another's provider is not the one that an organization wants its people to sign in by.
    private void verifyAllowed(Tx tx, User user) {
        try {
            signIns.verifyAllowed(tx, user);
        } catch (Problem.Failure refusal) {
            throw new Refusal(Reason.ELSEWHERE, Sentences.of(refusal.problem()));
        }
    }

    /// Tells whoever set the provider up what the person in front is not told.
    private void note(Grant grant, Provider provider, Refusal refusal) {
        database.write(grant, tx -> events.append(tx, new NewEvent("provider.signInRefused",
                new Subject("provider", provider.id()),
                provider.organizationId() == null ? Scope.PLATFORM
                        : Scope.organization(provider.organizationId()),
                Map.of("reason", refusal.reason().name().toLowerCase(Locale.ROOT),
                        "cause", refusal.getMessage()))));
    }

    private static boolean isSame(String one, @Nullable String other) {
        return other != null && MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8),
                other.getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable String host(String address) {
        try {
            return URI.create(address).getHost();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String shown(String error) {
        return error.length() <= 100 ? error : error.substring(0, 100);
    }
}
