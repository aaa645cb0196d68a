package orrery.server.iam;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import orrery.kit.access.Access;
import orrery.kit.config.Configuration;
import orrery.kit.db.Database;
import orrery.server.Canaries;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.Visitor.Heard;
import orrery.server.tenancy.project.TenancyTest;
import org.junit.jupiter.api.Test;

/// Secrets that people and machines were given or typed are nowhere in the database, as text, in
/// hexadecimal or base64, nor in the files that it keeps on disk; nor in the log, nor in a refusal.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class CanariesTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String IAM = GLOBAL + "/iam";

    @TestHTTPResource
    URI server;

    @Inject
    Database database;

    @Inject
    Access access;

    @Inject
    Configuration settings;

    private final Canaries canaries = new Canaries();
    private final List<String> refusals = new ArrayList<>();
    private final Queue<String> log = new ConcurrentLinkedQueue<>();

    @Test
    void nothingKeepsASecret() throws IOException {
        var listener = listener();
        Logger.getLogger("").addHandler(listener);
        try {
            Logger.getLogger("orrery.server").info("a line of ours");
            plant();
        } finally {
            Logger.getLogger("").removeHandler(listener);
        }
        assertThat(canaries.size()).isGreaterThan(11);
        log.add(Files.readString(Path.of("target", "requests.jsonl")));
        assertThat(log).as("the listener hears").anyMatch(line -> line.contains("a line of ours"));
        var dump = Canaries.dump(database, access);
        assertThat(dump).hasSizeGreaterThan(40);
        assertThat(dump.get("public.iam_user")).contains("canary-person");
        var found = new ArrayList<>(canaries.in(dump));
        log.forEach(line -> found.addAll(canaries.in("the log", line)));
        refusals.forEach(body -> found.addAll(canaries.in("a refusal", body)));
        assertThat(found).isEmpty();
        var seen = new ArrayList<String>();
        Canaries.eachFile(settings, (name, text) -> {
            found.addAll(canaries.in(name, text));
            if (text.contains("canary-person")) {
                seen.add(name);
            }
        });
        assertThat(seen).as("the log of changes is among what was read")
                .anyMatch(name -> name.startsWith("pg_wal"));
        assertThat(found).isEmpty();
    }

    private void plant() {
        var owner = Residents.of(server).operator();
        canaries.plant("password", "cny pass " + UUID.randomUUID());
        var invite = owner.get("/v1/api/settings/invite-code").text("/inviteCode");
        var account = Map.of("email", "canary-person@example.com", "name", "canary-person",
                "password", canaries.get("password"), "inviteCode", invite);
        keep("registration's token", Visitor.of(server).post("/v1/api/auth/register", account),
                201, "/token");
        var login = Visitor.of(server).post("/v1/api/auth/login", Map.of(
                "email", account.get("email"), "password", account.get("password")));
        keep("access token", login, 200, "/token");
        var person = Visitor.of(server).as(login.text("/token"));
        canaries.plant("wrong password", "cny wrong " + UUID.randomUUID());
        refused(Visitor.of(server).post("/v1/api/auth/login", Map.of(
                "email", account.get("email"), "password", canaries.get("wrong password"))));
        keep("API key", owner.post(IAM + "/apikeys", Map.of("displayName", "bird",
                "scope", "platform")), 201, "/data/secret");
        keep("API key's token", Visitor.of(server).post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "api_key", "api_key", canaries.get("API key"))), 200,
                "/data/access_token");
        robot(owner);
        keep("client's secret", owner.post(IAM + "/clients", Map.of("displayName", "Bird",
                "organizationId", Residents.of(server).organization(),
                "redirectUris", List.of("https://bird.example/"))), 201,
                "/data/clientSecret");
        keep("personal token", person.post("/api/v1/me/tokens", Map.of(
                "name", "canary", "scopes", List.of("user:list"))), 201, "/token");
        keep("TOTP's secret", person.post(GLOBAL + "/auth/factors/totp", Map.of()), 200,
                "/data/secret");
        canaries.plant("provider's secret", "cny-upstream-" + UUID.randomUUID());
        var provider = owner.post(IAM + "/providers", Map.of("displayName", "Bird",
                "tenantDomain", "bird.example", "oidcConfig", Map.of(
                        "discoveryUrl", "https://bird.example/.well-known/x",
                        "clientId", "bird", "clientSecret",
                        canaries.get("provider's secret"))));
        assertThat(provider.status()).as(provider.json().toString()).isEqualTo(201);
        refusals.add(provider.raw().body());
        canaries.plant("unknown key", "plt_sk_" + UUID.randomUUID());
        refused(Visitor.of(server).as(canaries.get("unknown key")).get("/v1/regions"));
        canaries.plant("token in a path", "cny-query-" + UUID.randomUUID());
        refused(Visitor.of(server).get("/v1/regions?token=" + canaries.get("token in a path")));
    }

    private void robot(Visitor owner) {
        var account = owner.post(IAM + "/service-accounts", Map.of("displayName", "Bird",
                "scope", "organization", "scopeId", Residents.of(server).organization(),
                "roles", List.of()));
        var credential = owner.post(IAM + "/service-accounts/" + account.text("/data/id")
                + "/credentials", Map.of());
        keep("credential", credential, 201, "/data/clientSecret");
        keep("service account's token", Visitor.of(server).post(GLOBAL + "/auth/token", Map.of(
                "grant_type", "client_credentials",
                "client_id", account.text("/data/clientId"),
                "client_secret", canaries.get("credential"))), 200, "/data/access_token");
    }

    private void keep(String name, Heard heard, int status, String pointer) {
        assertThat(heard.status()).as(name + heard.json()).isEqualTo(status);
        canaries.plant(name, heard.text(pointer));
    }

    private void refused(Heard heard) {
        assertThat(heard.status()).isBetween(400, 499);
        refusals.add(heard.raw().body());
    }

    private Handler listener() {
        var format = new SimpleFormatter();
        return new Handler() {
            @Override
            public void publish(LogRecord line) {
                log.add(format.format(line));
            }

            @Override
            public void flush() {
                // Nothing waits.
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }
}
