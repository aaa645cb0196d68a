package orrery.server.auth.openid;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.server.auth.client.RedirectUris;
import orrery.server.auth.exchange.AuthorizationCodes;
import orrery.server.auth.federation.Purpose.Application;
import orrery.server.auth.openid.AuthorizationRequest.Read;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.openid.SignedIn.Person;
import orrery.server.auth.token.AccessTokens;

/// What a person and a client are answered, from the request to the code (OpenID Connect Core
/// 3.1.2).
@Singleton
final class Authorizing {
    static final String SIGN_IN = "/oauth2/login";
    static final String PASSKEY = "/oauth2/login/passkey";
    static final String CONSENT = "/oauth2/consent";

    private final Database database;
    private final RequestReader reader;
    private final SignedIn signedIn;
    private final Interactions interactions;
    private final Consents consents;
    private final AuthorizationCodes codes;
    private final WaysIn waysIn;
    private final String issuer;
    private final Clock clock;

    Authorizing(
            Database database, RequestReader reader, SignedIn signedIn, Interactions interactions,
            Consents consents, AuthorizationCodes codes, WaysIn waysIn, AccessTokens tokens,
            Clock clock) {
        this.database = database;
        this.reader = reader;
        this.signedIn = signedIn;
        this.interactions = interactions;
        this.consents = consents;
        this.codes = codes;
        this.waysIn = waysIn;
        this.issuer = tokens.issuer();
        this.clock = clock;
    }

    /// How far the person has come with this request.
    enum Come { NEW, SIGNED_IN, ASKED }

    /// Reads a request, and goes on with it if it is one.
    ///
    /// @param person who is signed in; `null` for nobody
    Answer<?> answer(
            Grant grant, Map<String, List<String>> query, @Nullable Person person,
            String browser, Come come) {
        return switch (database.read(grant, tx -> reader.read(tx, query))) {
            case Read.Nowhere nowhere -> Screens.message(400, "This goes nowhere",
                    nowhere.cause() + " You have not been sent back there.");
            case Read.Wrong wrong -> wrong.target().error(
                    issuer, wrong.error(), wrong.description());
            case Read.Good good -> answer(grant, good.request(), person, browser, come);
        };
    }

    private Answer<?> answer(
            Grant grant, AuthorizationRequest asked, @Nullable Person person, String browser,
            Come come) {
        if (person == null || come == Come.NEW && mustSignIn(grant, asked, person)
                || !person.session().countsFor(asked.target().client().organizationId())) {
            return asked.mayAsk() ? signIn(grant, asked, browser)
                    : asked.target().error(issuer, "login_required", "nobody is signed in");
        }
        if (asked.subject() != null && !asked.subject().equals(person.user().id())) {
            return asked.target().error(issuer, "login_required", "another person is signed in");
        }
        if (asked.wantsMoreThan(person.session().proof()) && asked.isEssential()) {
            return asked.target().error(issuer, RequestReader.UNMET,
                    "the person has not signed in with as much as is wanted");
        }
        if (come != Come.ASKED && mustConsent(grant, asked, person)) {
            return asked.mayAsk() ? consent(asked, person, browser)
                    : asked.target().error(issuer, "consent_required",
                            "the person has not allowed this yet");
        }
        return asked.target().code(issuer, code(grant, asked, person, come == Come.ASKED));
    }

    private boolean mustSignIn(Grant grant, AuthorizationRequest asked, Person person) {
        var proved = person.session().authenticatedAt();
        return asked.wantsSignIn()
                // Without a page, or without anything to show, the wish stays one.
                || asked.wantsMoreThan(person.session().proof()) && asked.mayAsk()
                        && signedIn.hasFactors(grant, person)
                || asked.maxAge() != null
                        && proved.plusSeconds(asked.maxAge()).isBefore(clock.instant())
                || asked.mayAsk() && asked.subject() != null
                        && !asked.subject().equals(person.user().id());
    }

    /// Our own are trusted. Of a program on the person's machine nobody knows which one it is, so
    /// its person is asked each time (RFC 8252 8.6).
    private boolean mustConsent(Grant grant, AuthorizationRequest asked, Person person) {
        var client = asked.target().client();
        return asked.wantsConsent()
                || isProgram(asked.target())
                || !client.isOurs() && !database.read(grant, tx -> consents.covers(
                        tx, person.user(), client, asked.wishes()));
    }

    /// Whether a program on the person's machine is to get the code, and not a page of this server,
    /// which may be on that machine too.
    private boolean isProgram(Target target) {
        return target.client().isPublic() && RedirectUris.isOnMachine(target.redirectUri())
                && !(target.client().isOurs() && target.redirectUri().startsWith(issuer + "/"));
    }

    private String code(
            Grant grant, AuthorizationRequest asked, Person person, boolean isAllowedNow) {
        var target = asked.target();
        return database.tx(grant, tx -> {
            if (isAllowedNow) {
                consents.give(tx, person.user(), target.client(), asked.wishes());
            }
            return codes.issue(tx, new AuthorizationCodes.Allowed(target.client(),
                    person.session(), target.redirectUri(), asked.challenge(), asked.terms()));
        });
    }

    /// By the provider that the request names, else by the page.
    private Answer<?> signIn(Grant grant, AuthorizationRequest asked, String browser) {
        var provider = asked.parameters().get(WaysIn.PROVIDER);
        if (provider != null) {
            try {
                return waysIn.go(grant, provider, asked.loginHint(),
                        new Application(asked.parameters(), browser))
                        .cookie(interactions.cookie(browser));
            } catch (Problem.Failure refusal) {
                return signIn(grant, asked, browser, asked.loginHint(), WaysIn.wrong(refusal));
            }
        }
        return signIn(grant, asked, browser, asked.loginHint(), null);
    }

    private Answer<?> signIn(
            Grant grant, AuthorizationRequest asked, String browser, @Nullable String name,
            @Nullable String wrong) {
        var interaction = interactions.seal(
                Purpose.SIGN_IN, asked.parameters(), browser, null);
        return Screens.signIn(SIGN_IN, interaction, asked.target().client().displayName(), name,
                wrong, signedIn.passkey(grant, PASSKEY, interaction, elsewhere(asked))
                        + waysIn.shown(grant, interaction))
                .header("Set-Cookie", interactions.cookie(browser));
    }

    /// What goes back to a page of ours goes back to our own address, which knows nothing of who
    /// signed in at another one.
    private @Nullable String elsewhere(AuthorizationRequest asked) {
        return asked.target().redirectUri().startsWith(issuer + "/") ? null
                : address(asked.parameters());
    }

    private Answer<?> consent(AuthorizationRequest asked, Person person, String browser) {
        var interaction = interactions.seal(
                Purpose.CONSENT, asked.parameters(), browser, person.session());
        var client = asked.target().client();
        var to = isProgram(asked.target())
                ? "It runs on your own machine. Allow it only if you have just started it." : "";
        return Screens.consent(CONSENT, interaction, client,
                List.copyOf(asked.wishes()), person.user().email(), to)
                .header("Set-Cookie", interactions.cookie(browser));
    }

    /// The sign-in page once more, for the same request.
    Answer<?> signInAgain(
            Grant grant, Interaction from, String browser, @Nullable String name,
            @Nullable String wrong) {
        return signInAgain(grant, query(from), browser, name, wrong);
    }

    Answer<?> signInAgain(
            Grant grant, Map<String, List<String>> query, String browser, @Nullable String name,
            @Nullable String wrong) {
        return switch (database.read(grant, tx -> reader.read(tx, query))) {
            case Read.Good good -> signIn(grant, good.request(), browser, name, wrong);
            case Read.Wrong wrongly -> wrongly.target().error(
                    issuer, wrongly.error(), wrongly.description());
            case Read.Nowhere nowhere -> Screens.message(
                    400, "This goes nowhere", nowhere.cause());
        };
    }

    Answer<?> denied(Grant grant, Interaction from) {
        return switch (database.read(grant, tx -> reader.read(tx, query(from)))) {
            case Read.Good good -> good.request().target().error(
                    issuer, "access_denied", "the person said no");
            case Read.Wrong wrong -> wrong.target().error(
                    issuer, wrong.error(), wrong.description());
            case Read.Nowhere nowhere -> Screens.message(
                    400, "This goes nowhere", nowhere.cause());
        };
    }

    /// Address of the same request, for who has signed in for it meanwhile.
    static String again(Interaction from) {
        var parameters = new HashMap<>(from.parameters());
        var prompt = parameters.getOrDefault("prompt", "");
        if (prompt.contains("login") || prompt.contains("select_account")) {
            parameters.remove("prompt");
        }
        return address(parameters);
    }

    private static String address(Map<String, String> parameters) {
        return parameters.entrySet().stream()
                .map(one -> Target.encoded(one.getKey()) + "=" + Target.encoded(one.getValue()))
                .sorted().collect(Collectors.joining("&", "/oauth2/authorize?", ""));
    }

    static Map<String, List<String>> query(Interaction from) {
        return query(from.parameters());
    }

    static Map<String, List<String>> query(Map<String, String> parameters) {
        return parameters.entrySet().stream().collect(
                Collectors.toMap(Map.Entry::getKey, one -> List.of(one.getValue())));
    }
}
