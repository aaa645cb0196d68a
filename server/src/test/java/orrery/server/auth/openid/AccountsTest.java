package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import orrery.server.Mailbox;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What people do about their own passwords and addresses.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class AccountsTest {
    private static final String LOGIN = "/v1/api/auth/login";
    private static final String PASSWORD = "/v1/api/profile/password";
    private static final String PROFILE = "/v1/regions/global/iam/users/profile";
    private static final String RESET = "/api/v1/auth/password/reset";
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

    /// Somebody new, and where they are signed in.
    private record Person(String email, Visitor session) {}

    private Person person() {
        var email = "person" + COUNT.incrementAndGet() + "@accounts.example.com";
        return new Person(email, anybody.as(provider.register(email)));
    }

    private Visitor.Heard login(String email, String password) {
        return anybody.post(LOGIN, Map.of("email", email, "password", password));
    }

    private static Map<String, String> change(String current, String wanted) {
        return Map.of("currentPassword", current, "newPassword", wanted);
    }

    @Test
    void aChangedPasswordEndsTheOtherSessionsAndIsToldByMail() throws Exception {
        var ann = person();
        var elsewhere = anybody.as(login(ann.email(), Provider.PASSWORD).text("/token"));
        assertThat(elsewhere.get(PROFILE).status()).isEqualTo(200);
        var changed = ann.session().put(PASSWORD, change(Provider.PASSWORD, "heron under pier"));
        assertThat(changed.raw().body())
                .isEqualTo("{\"message\":\"Password updated successfully\"}");
        assertThat(ann.session().get(PROFILE).status()).as("this one goes on").isEqualTo(200);
        assertThat(elsewhere.get(PROFILE).status()).isEqualTo(401);
        assertThat(login(ann.email(), Provider.PASSWORD).status()).isEqualTo(401);
        assertThat(login(ann.email(), "heron under pier").status()).isEqualTo(200);
        assertThat(new Mailbox(ann.email()).letter("Your password was changed"))
                .contains("/oauth2/forgot");
    }

    @Test
    void aPasswordIsNotChangedByWhoDoesNotKnowItOrToABadOne() {
        var ann = person();
        var wrong = ann.session().put(PASSWORD, change("not it at all", "heron under pier"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.text("/error")).isEqualTo("Current password is incorrect");
        var common = ann.session().put(PASSWORD, change(Provider.PASSWORD, "password1"));
        assertThat(common.status()).isEqualTo(400);
        assertThat(common.text("/error")).contains("newPassword", "attackers try first");
        var same = ann.session().put(PASSWORD, change(Provider.PASSWORD, Provider.PASSWORD));
        assertThat(same.text("/error")).contains("another than before");
        assertThat(anybody.put(PASSWORD, change("a", "b")).status()).isEqualTo(401);
        assertThat(login(ann.email(), Provider.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void whoHoldsASessionCannotGuessThePassword() {
        var ann = person();
        Visitor.Heard answer = null;
        for (int i = 0; i < 6; i++) {
            answer = ann.session().put(PASSWORD, change("guess " + i, "heron under pier"));
        }
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isNotNull();
    }

    @Test
    void aForgottenPasswordIsSetByALinkThatCountsOnce() {
        var ann = person();
        assertThat(anybody.post(RESET, Map.of("email", ann.email())).status()).isEqualTo(204);
        var link = new Mailbox(ann.email()).link("A new password");
        assertThat(link).startsWith(provider.server() + "/oauth2/reset?token=");

        var browser = provider.browser();
        var key = ann.session().post("/v1/regions/global/iam/apikeys",
                Map.of("displayName", "Nightly", "scope", "project", "scopeId",
                        ann.session().get(Provider.AUTH + "/me").text("/data/projectId")))
                .text("/data/secret");
        var app = provider.app();
        var signIn = Provider.signIn(browser, browser.get(Provider.authorize(
                app, Map.of("scope", "openid offline_access"))), ann.email());
        var family = provider.exchange(app, Provider.allow(browser, signIn).answer()
                .get("code"), Map.of());

        var page = browser.get(link);
        assertThat(page.body()).contains("new-password");
        var bad = browser.submit(page, Map.of("password", "qwertyuiop"));
        assertThat(bad.status()).isEqualTo(400);
        assertThat(bad.body()).contains("attackers try first");
        assertThat(browser.submit(bad, Map.of("password", "heron under pier")).status())
                .isEqualTo(200);

        assertThat(ann.session().get(PROFILE).status()).as("signed out").isEqualTo(401);
        assertThat(provider.refresh(app, family.text("/refresh_token")).status())
                .as("so are applications that go on by themselves").isEqualTo(400);
        assertThat(anybody.as(key).get(Provider.AUTH + "/me").status()).as("keys stay")
                .isEqualTo(200);
        assertThat(new Mailbox(ann.email()).letter("Your password was changed"))
                .as("and the letter says so").contains("API keys", "/iam/apikeys");
        assertThat(login(ann.email(), "heron under pier").status()).isEqualTo(200);
        assertThat(browser.get(link).status()).isEqualTo(400);
        var again = anybody.post(RESET + "/confirm", Map.of(
                "token", link.substring(link.indexOf('=') + 1), "password", "another heron 5"));
        assertThat(again.status()).isEqualTo(422);
        assertThat(again.raw().body()).contains("token");
    }

    @Test
    void workspaceClientsSetAForgottenPasswordToo() {
        var ann = person();
        anybody.post(RESET, Map.of("email", ann.email().toUpperCase(java.util.Locale.ROOT)));
        var link = new Mailbox(ann.email()).link("A new password");
        var token = link.substring(link.indexOf('=') + 1);
        var confirmed = anybody.post(RESET + "/confirm",
                Map.of("token", token, "password", "heron under pier"));
        assertThat(confirmed.status()).as(confirmed.raw().body()).isEqualTo(204);
        assertThat(login(ann.email(), "heron under pier").status()).isEqualTo(200);
    }

    @Test
    void nobodyLearnsFromAResetWhoHasAnAccount() throws Exception {
        var known = person();
        var unknown = "nobody" + COUNT.incrementAndGet() + "@accounts.example.com";
        for (int i = 0; i < 3; i++) {
            var one = anybody.post(RESET, Map.of("email", known.email()));
            var other = anybody.post(RESET, Map.of("email", unknown));
            assertThat(other.status()).isEqualTo(one.status()).isEqualTo(204);
            assertThat(other.raw().body()).isEqualTo(one.raw().body());
        }
        assertThat(anybody.post(RESET, Map.of("email", known.email())).status()).isEqualTo(429);
        assertThat(anybody.post(RESET, Map.of("email", unknown)).status()).isEqualTo(429);
        new Mailbox(known.email()).letter("A new password");
        assertThat(new Mailbox(unknown).letters("A new password")).isEmpty();
    }

    @Test
    void anAddressChangesOnlyWhenItsMailIsAnswered() {
        var ann = person();
        var wanted = "new-" + ann.email();
        var asked = ann.session().patch(PROFILE, Map.of("email", wanted));
        assertThat(asked.status()).as(asked.raw().body()).isEqualTo(200);
        assertThat(asked.text("/data/email")).isEqualTo(ann.email());
        assertThat(asked.text("/data/pendingEmail")).isEqualTo(wanted);
        assertThat(asked.json().at("/data/emailVerified").asBoolean(true)).isFalse();
        assertThat(login(wanted, Provider.PASSWORD).status()).isEqualTo(401);

        var browser = provider.browser();
        var page = browser.get(new Mailbox(wanted).link("Confirm your e-mail"));
        assertThat(page.body()).contains(wanted);
        assertThat(browser.submit(page, Map.of()).status()).isEqualTo(200);
        assertThat(browser.submit(page, Map.of()).status()).as("once").isEqualTo(400);

        var now = ann.session().get(PROFILE);
        assertThat(now.text("/data/email")).isEqualTo(wanted);
        assertThat(now.json().at("/data/emailVerified").asBoolean()).isTrue();
        assertThat(now.json().at("/data/pendingEmail").isNull()).isTrue();
        assertThat(login(wanted, Provider.PASSWORD).status()).isEqualTo(200);
        new Mailbox(ann.email()).letter("Your e-mail address was changed");
    }

    @Test
    void anAddressThatAnotherHasIsNotGivenAndNotTold() {
        var ann = person();
        var bob = person();
        var asked = ann.session().patch(PROFILE, Map.of("email", bob.email()));
        assertThat(asked.status()).as("ann learns nothing").isEqualTo(200);
        var browser = provider.browser();
        var page = browser.get(new Mailbox(bob.email()).link("Confirm your e-mail"));
        assertThat(browser.submit(page, Map.of()).status()).isEqualTo(409);
        assertThat(ann.session().get(PROFILE).text("/data/email")).isEqualTo(ann.email());
        assertThat(ann.session().patch(PROFILE, Map.of("email", "nothing")).status())
                .isEqualTo(400);
    }

    @Test
    void clientsAreToldThatAnAddressIsProved() {
        var browser = provider.browser();
        var ann = person();
        ann.session().patch(PROFILE, Map.of("email", ann.email()));
        var app = provider.app();
        var letter = browser.get(new Mailbox(ann.email()).link("Confirm your e-mail"));
        browser.submit(letter, Map.of());
        var page = browser.get(Provider.authorize(app, Map.of("scope", "openid email")));
        var sent = browser.submit(
                Provider.signIn(browser, page, ann.email()), Map.of("answer", "allow"));
        var token = provider.exchange(app, sent.answer().get("code"), Map.of())
                .text("/access_token");
        assertThat(anybody.as(token).get("/oauth2/userinfo").json().path("email_verified")
                .asBoolean()).isTrue();
    }
}
