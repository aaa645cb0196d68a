package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.server.Mailbox;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.auth.factor.Authenticator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Signing in with a password and a code.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class SecondFactorTest {
    private static final String FACTORS = "/v1/regions/global/auth/factors";
    private static final String USERS = "/v1/regions/global/iam/users/";
    private static final String LOGIN = "/v1/api/auth/login";
    private static final AtomicInteger COUNT = new AtomicInteger();

    @TestHTTPResource
    URI url;

    private Provider provider;
    private Visitor anybody;

    @BeforeEach
    void settle() {
        provider = Provider.on(url);
        anybody = Visitor.of(provider.server());
    }

    /// Somebody with an authenticator application.
    private record Person(
            String email, Visitor session, Authenticator phone, String factor,
            List<String> recoveryCodes) {}

    private Person person() {
        var email = "second" + COUNT.incrementAndGet() + "@factors.example.com";
        var session = anybody.as(provider.register(email));
        var begun = session.post(FACTORS + "/totp", Map.of());
        assertThat(begun.status()).as(begun.raw().body()).isEqualTo(200);
        assertThat(begun.text("/data/uri")).startsWith("otpauth://totp/Orrery:")
                .contains("secret=" + begun.text("/data/secret"));
        var phone = new Authenticator(begun.text("/data/secret"));
        var wrong = session.post(FACTORS + "/totp/confirm", Map.of(
                "enrolment", begun.text("/data/enrolment"), "code", phone.wrongCode()));
        assertThat(wrong.status()).isEqualTo(422);
        var added = session.post(FACTORS + "/totp/confirm", Map.of(
                "enrolment", begun.text("/data/enrolment"), "code", phone.code()));
        assertThat(added.status()).as(added.raw().body()).isEqualTo(201);
        var codes = Provider.list(added.json().at("/data/recoveryCodes"));
        assertThat(codes).hasSize(10).doesNotHaveDuplicates();
        return new Person(email, session, phone, added.text("/data/factor/id"), codes);
    }

    private Visitor.Heard login(Person person, String code) {
        var body = new HashMap<>(Map.of("email", person.email(), "password", Provider.PASSWORD));
        if (code != null) {
            body.put("code", code);
        }
        return anybody.post(LOGIN, body);
    }

    @Test
    void aPasswordIsNotEnoughForWhoHasASecondFactor() {
        var ann = person();
        var without = login(ann, null);
        assertThat(without.status()).isEqualTo(401);
        assertThat(without.text("/error")).contains("authenticator").contains("code");
        var wrong = login(ann, ann.phone().wrongCode());
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text("/error")).contains("code is wrong");
        assertThat(login(ann, ann.phone().code()).status()).isEqualTo(200);
        assertThat(login(ann, ann.phone().sameCode()).status()).as("twice").isEqualTo(401);

        var workspace = anybody.post("/api/v1/auth/login", Map.of(
                "username", ann.email(), "password", Provider.PASSWORD));
        assertThat(workspace.status()).isEqualTo(401);
        assertThat(workspace.text("/msg")).contains("code");
        assertThat(anybody.post("/api/v1/auth/login", Map.of("username", ann.email(),
                "password", Provider.PASSWORD, "code", ann.recoveryCodes().get(0))).status())
                .isEqualTo(200);
        new Mailbox(ann.email()).letter("How you sign in was changed");
    }

    @Test
    void nobodyLearnsOfASecondFactorWithoutThePassword() {
        var ann = person();
        var wrong = anybody.post(LOGIN, Map.of(
                "email", ann.email(), "password", "not it at all", "code", "123456"));
        assertThat(wrong.status()).isEqualTo(401);
        assertThat(wrong.text("/error")).isEqualTo("Invalid email or password");
    }

    @Test
    void aRecoveryCodeCountsOnce() {
        var ann = person();
        var code = ann.recoveryCodes().get(3);
        assertThat(login(ann, code.toLowerCase(java.util.Locale.ROOT).replace("-", " ")).status())
                .isEqualTo(200);
        assertThat(login(ann, code).status()).isEqualTo(401);
        var left = ann.session().get(FACTORS);
        assertThat(left.json().at("/data/recoveryCodesLeft").asInt()).isEqualTo(9);
        var renewed = ann.session().post(FACTORS + "/recovery-codes", Map.of());
        assertThat(renewed.status()).as(renewed.raw().body()).isEqualTo(200);
        assertThat(login(ann, ann.recoveryCodes().get(4)).status()).isEqualTo(401);
        assertThat(login(ann, renewed.text("/data/recoveryCodes/0")).status()).isEqualTo(200);
    }

    @Test
    void whoKnowsThePasswordCannotGuessCodes() {
        var ann = person();
        Visitor.Heard answer = null;
        for (int i = 0; i < 6; i++) {
            answer = login(ann, ann.phone().wrongCode());
        }
        assertThat(answer.status()).isEqualTo(429);
        assertThat(login(ann, ann.recoveryCodes().getFirst()).status()).isEqualTo(429);
    }

    @Test
    void thePagesAskForACodeAndTellTheClientSo() throws Exception {
        var ann = person();
        var app = provider.app();
        var browser = provider.browser();
        var page = browser.get(Provider.authorize(app, Map.of("acr_values",
                "urn:orrery:acr:mfa")));
        var second = Provider.signIn(browser, page, ann.email());
        assertThat(second.body()).contains("one-time-code");
        assertThat(browser.cookies()).as("nobody is signed in yet")
                .doesNotContainKey("k8shell-session");
        var wrong = browser.submit(second, Map.of("code", ann.phone().wrongCode()));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.body()).contains("The code is wrong");
        var stolen = provider.browser();
        stolen.get(Provider.authorize(app, Map.of()));
        assertThat(stolen.submit(second, Map.of("code", ann.phone().code())).status())
                .as("another browser").isEqualTo(400);
        var sent = browser.submit(browser.submit(wrong, Map.of("code", ann.phone().code())),
                Map.of("answer", "allow"));
        var identity = SignedJWT.parse(provider.exchange(app, sent.answer().get("code"), Map.of())
                .text("/id_token")).getJWTClaimsSet();
        assertThat(identity.getStringClaim("acr")).isEqualTo("urn:orrery:acr:mfa");
        assertThat(identity.getStringListClaim("amr")).containsExactly("pwd", "otp", "mfa");
    }

    @Test
    void aClientThatTakesNothingLessIsRefusedOrTheSignInIsMore() {
        var app = provider.app();
        var essential = Map.of("claims", "{\"id_token\":{\"acr\":{\"essential\":true,"
                + "\"values\":[\"urn:orrery:acr:mfa\"]}}}");
        var browser = provider.browser();
        var page = browser.get(Provider.authorize(app, essential));
        assertThat(Provider.signIn(browser, page, Provider.MEMBER).answer())
                .containsEntry("error", "unmet_authentication_requirements");
        assertThat(browser.get(Provider.authorize(app, Map.of(
                "acr_values", "urn:orrery:acr:mfa", "prompt", "none"))).answer())
                .as("a wish stays one").doesNotContainEntry(
                        "error", "unmet_authentication_requirements");
        assertThat(browser.get(Provider.authorize(app, Map.of("claims",
                "{\"id_token\":{\"acr\":{\"essential\":true,\"value\":\"other\"}}}"))).answer())
                .containsEntry("error", "unmet_authentication_requirements");
    }

    @Test
    void factorsAreChangedOnlyWithASignInThatShowsOne() {
        var ann = person();
        var reset = anybody.get(FACTORS);
        assertThat(reset.status()).isEqualTo(401);
        var listed = ann.session().get(FACTORS);
        assertThat(listed.text("/data/factors/0/id")).isEqualTo(ann.factor());
        assertThat(listed.raw().body()).doesNotContain("secret");
        assertThat(ann.session().delete(FACTORS + "/fct_unknown").status()).isEqualTo(404);
        assertThat(ann.session().delete(FACTORS + "/" + ann.factor()).status()).isEqualTo(204);
        assertThat(login(ann, null).status()).isEqualTo(200);
        assertThat(ann.session().get(FACTORS).json().at("/data/recoveryCodesLeft").asInt())
                .isZero();
    }

    @Test
    void anAdministratorTakesThemFromWhoHasLostThem() {
        var ann = person();
        var path = USERS + Residents.id(ann.session()) + "/factors";
        assertThat(provider.member().delete(path).status()).as("a member").isIn(403, 404);
        assertThat(ann.session().delete(path).status()).as("one's own").isIn(403, 404);
        assertThat(provider.operator().delete(path).status()).isEqualTo(204);
        assertThat(ann.session().get(FACTORS).status()).as("signed out").isEqualTo(401);
        assertThat(login(ann, null).status()).isEqualTo(200);
        assertThat(provider.operator().delete(
                USERS + Residents.id(provider.operator()) + "/factors").status())
                .as("not one's own").isEqualTo(403);
    }

    @Test
    void anEnrolmentIsItsPersonsAlone() {
        var ann = person();
        var bob = anybody.as(provider.register(
                "bob" + COUNT.incrementAndGet() + "@factors.example.com"));
        var begun = ann.session().post(FACTORS + "/totp", Map.of());
        var phone = new Authenticator(begun.text("/data/secret"));
        assertThat(bob.post(FACTORS + "/totp/confirm", Map.of("enrolment",
                begun.text("/data/enrolment"), "code", phone.code())).status()).isEqualTo(422);
        assertThat(bob.post(FACTORS + "/totp/confirm", Map.of("enrolment", "AAAA",
                "code", "123456")).status()).isEqualTo(422);
        assertThat(bob.post(FACTORS + "/recovery-codes", Map.of()).status()).isEqualTo(409);
    }
}
