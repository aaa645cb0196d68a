package orrery.server.auth.invitation;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.Visitor.Heard;
import orrery.server.tenancy.project.TenancyTest;

/// Asking people to come, and how they do.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class InvitationsTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String ORGANIZATIONS = GLOBAL + "/organizations";
    private static final String ACCEPT = GLOBAL + "/auth/invitations:accept";
    private static final String PASSWORD = "correct horse battery";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Test
    void somebodyNewComesByTheLink() {
        var organization = organization();
        var path = ORGANIZATIONS + "/" + organization + "/invitations";
        var email = email();
        var sent = invite(organization, email, "admin");
        assertThat(sent.status()).as(sent.json().toString()).isEqualTo(201);
        assertThat(sent.header("Cache-Control")).isEqualTo("no-store");
        assertThat(sent.header("Location")).isEqualTo(sent.text("/data/selfLink"));
        assertThat(sent.text("/data/delivery")).as("no mail server is set").isEqualTo("link");
        assertThat(sent.text("/data/link")).contains("/#invitation=");
        var listed = operator().get(path + "?status=pending");
        assertThat(listed.text("/data/0/email")).isEqualTo(email);
        assertThat(listed.raw().body()).doesNotContain(token(sent)).doesNotContain("link\"");

        var one = sent.text("/data/selfLink") + ":accept";
        assertThat(nobody().post(one, accept("x".repeat(43))).status()).isEqualTo(404);
        assertThat(nobody().post(one.replace(organization, organization()), accept(token(sent)))
                .status()).as("of another organization").isEqualTo(404);
        var short1 = nobody().post(one, Map.of("token", token(sent), "displayName", "Ann",
                "password", "short"));
        assertThat(short1.status()).isEqualTo(400);
        var came = nobody().post(one, accept(token(sent)));
        assertThat(came.status()).as(came.json().toString()).isEqualTo(201);
        assertThat(came.text("/data/email")).isEqualTo(email);
        assertThat(nobody().post(one, accept(token(sent))).status()).as("once").isEqualTo(404);

        var person = signIn(email);
        assertThat(person.get(GLOBAL + "/auth/me").text("/data/organization/id"))
                .isEqualTo(organization);
        assertThat(person.get(path).text("/data/0/status")).isEqualTo("accepted");
        assertThat(person.get(path).text("/data/0/acceptedBy")).isEqualTo(Residents.id(person));
        assertThat(operator().delete(sent.text("/data/selfLink")).text("/error/code"))
                .isEqualTo("INVALID_STATE_TRANSITION");
    }

    @Test
    void theStartPageTakesALinkAsAnInviteCode() {
        var organization = organization();
        var email = email();
        var token = token(invite(organization, email, "member"));
        var other = nobody().post("/v1/api/auth/register", Map.of("email", "op@example.com",
                "password", PASSWORD, "name", "Op", "inviteCode", token));
        assertThat(other.status()).as("says nothing of who has an account").isEqualTo(403);
        assertThat(other.text("/error")).contains("another e-mail address");
        var made = nobody().post("/v1/api/auth/register", Map.of("email", email,
                "password", PASSWORD, "name", "Ann", "inviteCode", token));
        assertThat(made.status()).as(made.json().toString()).isEqualTo(201);
        assertThat(Visitor.of(server).as(made.text("/token")).get(GLOBAL + "/auth/me")
                .text("/data/organization/id")).isEqualTo(organization);
    }

    @Test
    void whoHasAnAccountComesWithIt() {
        var organization = organization();
        var person = Residents.of(server).member("guest");
        var sent = invite(organization, "GUEST@example.com", "member");
        var bare = Map.of("token", token(sent));
        var unknown = nobody().post(ACCEPT, bare);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.text("/error/message")).contains("sign in");
        var taken = nobody().post(ACCEPT, accept(token(sent)));
        assertThat(taken.status()).as("an account is made once").isEqualTo(409);
        var other = Residents.of(server).member("nosy").post(ACCEPT, bare);
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.raw().body()).doesNotContain("guest").doesNotContain("GUEST");
        var came = person.post(ACCEPT, bare);
        assertThat(came.status()).as(came.json().toString()).isEqualTo(200);
        assertThat(person.get(GLOBAL + "/auth/organizations").raw().body())
                .contains(organization);
        assertThat(invite(organization, "guest@example.com", "member").text("/error/code"))
                .as("is a member").isEqualTo("ALREADY_EXISTS");
    }

    @Test
    void aKeyAcceptsNothing() {
        var organization = organization();
        var person = Residents.of(server).member("keyed");
        var key = person.post(GLOBAL + "/iam/apikeys", Map.of("displayName", "K",
                "scope", "organization", "scopeId", Residents.of(server).organization()))
                .text("/data/secret");
        var sent = invite(organization, "keyed@example.com", "member");
        assertThat(Visitor.of(server).as(key).post(ACCEPT, Map.of("token", token(sent)))
                .text("/error/message")).contains("the person themself");
    }

    @Test
    void oneWaitsForEachAddress() {
        var organization = organization();
        var email = email();
        assertThat(invite(organization, email, "member").status()).isEqualTo(201);
        var again = invite(organization, email.toUpperCase(Locale.ROOT), "admin");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("/error/message")).contains("pending invitation");
        var path = ORGANIZATIONS + "/" + organization + "/invitations";
        var id = operator().get(path).text("/data/0/id");
        assertThat(operator().delete(path).text("/error/details/fields/invitationId"))
                .isEqualTo("is required");
        assertThat(operator().delete(path + "?invitationId=" + id).status()).isEqualTo(204);
        assertThat(operator().get(path + "/" + id).text("/data/status")).isEqualTo("revoked");
        assertThat(operator().delete(path + "/" + id).status()).isEqualTo(409);
        assertThat(invite(organization, email, "member").status()).isEqualTo(201);
    }

    @Test
    void ofManyWhoAcceptAtOnceOneComes() throws Exception {
        var email = email();
        var token = token(invite(organization(), email, "member"));
        var tries = Collections.<Callable<Integer>>nCopies(8,
                () -> nobody().post(ACCEPT, accept(token)).status());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var statuses = threads.invokeAll(tries).stream().map(it -> it.resultNow()).toList();
            assertThat(statuses).containsOnlyOnce(201);
            assertThat(statuses).allMatch(it -> List.of(201, 403, 404, 409, 429, 503).contains(it));
        }
        assertThat(signIn(email).get(GLOBAL + "/auth/me").status()).isEqualTo(200);
    }

    @Test
    void aResentLinkKillsTheOldOne() {
        var organization = organization();
        var email = email();
        var sent = invite(organization, email, "member");
        expire(sent);
        assertThat(nobody().post(ACCEPT, accept(token(sent))).status()).isEqualTo(404);
        assertThat(operator().get(sent.text("/data/selfLink")).text("/data/status"))
                .isEqualTo("expired");
        var resent = operator().post(sent.text("/data/selfLink") + ":resend", Map.of());
        assertThat(resent.status()).as(resent.json().toString()).isEqualTo(200);
        assertThat(resent.text("/data/status")).isEqualTo("pending");
        assertThat(nobody().post(ACCEPT, accept(token(sent))).status()).isEqualTo(404);
        assertThat(nobody().post(ACCEPT, accept(token(resent))).status()).isEqualTo(201);
        assertThat(operator().post(sent.text("/data/selfLink") + ":resend", Map.of())
                .text("/error/code")).isEqualTo("INVALID_STATE_TRANSITION");
    }

    @Test
    void nobodyInvitesToWhatItDoesNotHold() {
        var organization = organization();
        var admin = arrive(organization, "admin");
        assertThat(invite(admin, organization, email(), "owner", null).status()).isEqualTo(422);
        assertThat(invite(admin, organization, email(), "emperor", null)
                .text("/error/details/fields/role")).contains("no role emperor");
        assertThat(invite(admin, organization, "no address", "member", null)
                .text("/error/details/fields/email")).contains("e-mail address");
        assertThat(invite(admin, organization, email(), "member", null).status()).isEqualTo(201);
        var member = arrive(organization, "member");
        var path = ORGANIZATIONS + "/" + organization + "/invitations";
        assertThat(member.get(path).status()).isEqualTo(403);
        assertThat(invite(member, organization, email(), "member", null).status()).isEqualTo(403);
        var outsider = Residents.of(server).member("nosy");
        assertThat(outsider.get(path).status()).isEqualTo(404);
        assertThat(invite(outsider, organization, email(), "member", null).status())
                .isEqualTo(404);
        assertThat(nobody().get(path).status()).isEqualTo(401);
    }

    @Test
    void invitationsOfWhoHasLeftCountNoMore() {
        var organization = organization();
        var admin = arrive(organization, "admin");
        var token = token(invite(admin, organization, email(), "admin", null));
        operator().delete(ORGANIZATIONS + "/" + organization + "/members/"
                + Residents.id(admin));
        var refused = nobody().post(ACCEPT, accept(token));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/error/message")).contains("may no longer invite");
    }

    @Test
    void somebodyIsInvitedToAProject() {
        var organization = organization();
        var project = operator().post(GLOBAL + "/projects",
                Map.of("organizationId", organization, "name", "shared")).text("/data/id");
        var foreign = operator().post(GLOBAL + "/projects",
                Map.of("organizationId", organization())).text("/data/id");
        assertThat(invite(operator(), organization, email(), "viewer", foreign).status())
                .isEqualTo(404);
        assertThat(invite(operator(), organization, email(), "owner", project).status())
                .as("no role of projects").isEqualTo(422);
        var email = email();
        var sent = invite(operator(), organization, email, "viewer", project);
        assertThat(sent.text("/data/projectId")).isEqualTo(project);
        assertThat(nobody().post(ACCEPT, accept(token(sent))).text("/data/projectId"))
                .isEqualTo(project);
        var person = signIn(email);
        assertThat(person.get(GLOBAL + "/projects/" + project).status()).isEqualTo(200);
        assertThat(person.patch(GLOBAL + "/projects/" + project, Map.of("displayName", "x"))
                .status()).isEqualTo(403);
    }

    @Test
    void sessionsInASuspendedOrganizationEnd() {
        var organization = organization();
        var email = email();
        nobody().post(ACCEPT, accept(token(invite(organization, email, "admin"))));
        var person = signIn(email);
        var path = ORGANIZATIONS + "/" + organization;
        var key = person.post(GLOBAL + "/iam/apikeys", Map.of("displayName", "K",
                "scope", "organization", "scopeId", organization)).text("/data/secret");
        assertThat(person.get(path).status()).isEqualTo(200);
        assertThat(Visitor.of(server).as(key).get(path).status()).isEqualTo(200);
        var waiting = token(invite(organization, email(), "member"));
        operator().patch(path, Map.of("state", "suspended"));
        assertThat(person.get(path).status()).isEqualTo(401);
        assertThat(Visitor.of(server).as(key).get(path).status()).isEqualTo(401);
        var refused = nobody().post("/v1/api/auth/login",
                Map.of("email", email, "password", PASSWORD));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/error")).contains("is suspended");
        assertThat(nobody().post(ACCEPT, accept(waiting)).text("/error/message"))
                .contains("is suspended");
        operator().patch(path, Map.of("state", "active"));
        assertThat(person.get(path).status()).as("what has ended stays so").isEqualTo(401);
        assertThat(Visitor.of(server).as(key).get(path).status()).isEqualTo(200);
        assertThat(signIn(email).get(path).status()).isEqualTo(200);
    }

    @Test
    void wherePeopleSignInByProviderNobodyMakesAPassword() {
        var organization = organization();
        operator().patch(ORGANIZATIONS + "/" + organization,
                Map.of("settings", Map.of("requireSso", true)));
        var token = token(invite(organization, email(), "member"));
        assertThat(nobody().post(ACCEPT, accept(token)).text("/error/message"))
                .contains("identity provider");
    }

    private void expire(Heard sent) {
        database.write(access.system("test"), tx -> tx.handle().createUpdate(
                "update invitation set expires_at = created_at where id = :id")
                .bind("id", sent.text("/data/id")).execute());
    }

    /// Somebody new, in an organization.
    private Visitor arrive(String organization, String role) {
        var email = email();
        var came = nobody().post(ACCEPT, accept(token(invite(organization, email, role))));
        assertThat(came.status()).as(came.json().toString()).isEqualTo(201);
        return signIn(email);
    }

    private Visitor signIn(String email) {
        return Visitor.of(server).as(nobody().post("/v1/api/auth/login",
                Map.of("email", email, "password", PASSWORD)).text("/token"));
    }

    private static Map<String, String> accept(String token) {
        return Map.of("token", token, "displayName", "Ann", "password", PASSWORD);
    }

    private static String token(Heard sent) {
        return sent.text("/data/link").replaceFirst(".*#invitation=", "");
    }

    private Heard invite(String organization, String email, String role) {
        return invite(operator(), organization, email, role, null);
    }

    private static Heard invite(Visitor by, String organization, String email, String role,
            @Nullable String project) {
        return by.post(ORGANIZATIONS + "/" + organization + "/invitations", project == null
                ? Map.of("email", email, "role", role)
                : Map.of("email", email, "role", role, "projectId", project));
    }

    private String organization() {
        return operator().post(ORGANIZATIONS, Map.of("name", fresh("inv"))).text("/data/id");
    }

    private static String email() {
        return fresh("ann") + "@example.com";
    }

    private static String fresh(String prefix) {
        return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private Visitor nobody() {
        return Visitor.of(server);
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }
}
