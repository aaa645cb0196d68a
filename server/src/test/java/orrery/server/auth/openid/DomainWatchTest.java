package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.server.auth.federation.NameServer;
import orrery.server.iam.provider.DomainWatch;

/// What DNS proved once is proved again and again.
@QuarkusTest
@TestProfile(FederationServer.class)
class DomainWatchTest {
    private static final String PROVIDERS = "/v1/regions/global/iam/providers";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static NameServer names;

    @TestHTTPResource
    URI url;

    @Inject
    DomainWatch watch;

    @Inject
    Database database;

    @Inject
    Access access;

    private Provider here;
    private String provider;
    private String domain;
    private String record;
    private String value;

    @BeforeAll
    static void open() throws IOException {
        names = new NameServer(FederationServer.nameServer());
    }

    @AfterAll
    static void close() {
        names.close();
    }

    @BeforeEach
    void settle() {
        here = Provider.on(url);
        domain = "watched" + COUNT.incrementAndGet() + ".example";
        var made = here.operator().post(PROVIDERS, Map.of("displayName", "Watched",
                "tenantDomain", domain, "oidcConfig", Map.of("discoveryUrl",
                        "https://login." + domain + "/.well-known/openid-configuration",
                        "clientId", "c")));
        provider = made.text("/data/id");
        record = made.text("/data/domain/record");
        value = made.text("/data/domain/value");
        names.set(record, value);
    }

    @AfterEach
    void leave() {
        here.operator().delete(PROVIDERS + "/" + provider);
    }

    /// A name service on a busy machine may be later than anybody waits: then once more.
    private String prove() {
        return Awaitility.await().atMost(PATIENCE).until(() -> here.operator().post(
                        PROVIDERS + "/" + provider + ":proveDomain", Map.of()),
                heard -> heard.status() != 503).text("/data/domain/state");
    }

    private String state() {
        return here.operator().get(PROVIDERS + "/" + provider).text("/data/domain/state");
    }

    private boolean isMissing() {
        return !here.operator().get(PROVIDERS + "/" + provider).json()
                .at("/data/domain/missingSince").isNull();
    }

    /// Some time later, looks.
    private void after(String interval) {
        database.write(access.system("test"), tx -> tx.handle().createUpdate("""
                update identity_provider
                set checked_at = checked_at - cast(:interval as interval),
                    missing_since = missing_since - cast(:interval as interval)
                where id = :id""").bind("id", provider).bind("interval", interval).execute());
        Awaitility.await().atMost(PATIENCE).until(() -> {
            watch.look(access.system("test"));
            return again() == 0;
        });
    }

    /// Nobody answered, and the next look would be in an hour: as if it were over.
    private int again() {
        return database.tx(access.system("test"), tx -> tx.handle().createUpdate("""
                update identity_provider
                set checked_at = null
                where id = :id and checked_at > now() - interval '1395 minutes'
                  and checked_at < now() - interval '1365 minutes'""")
                .bind("id", provider).execute());
    }

    private List<String> events() {
        return database.read(access.system("test"), tx -> tx.handle().createQuery("""
                select type from event where subject_id = :id order by seq""")
                .bind("id", provider).mapTo(String.class).list());
    }

    @Test
    void aDomainWhoseProofIsGoneForDaysRoutesNobody() {
        assertThat(prove()).isEqualTo("proved");
        after("0 hours");
        assertThat(isMissing()).isFalse();
        names.remove(record);
        after("20 hours");
        assertThat(isMissing()).as("not looked at before its day is over").isFalse();
        after("5 hours");
        assertThat(isMissing()).isTrue();
        assertThat(state()).as("a slip of hours locks nobody out").isEqualTo("proved");
        after("60 hours");
        assertThat(state()).isEqualTo("proved");
        assertThat(routes()).isTrue();
        after("20 hours");
        assertThat(state()).isEqualTo("unproved");
        assertThat(routes()).isFalse();
        assertThat(events()).contains("provider.domainMissing", "provider.domainLost");
        names.set(record, value);
        assertThat(prove()).as("and may be proved anew").isEqualTo("proved");
    }

    @Test
    void aProofThatComesBackInTimeCountsOn() {
        prove();
        after("0 hours");
        names.remove(record);
        after("25 hours");
        names.set(record, value);
        after("2 hours");
        assertThat(isMissing()).isFalse();
        after("80 hours");
        assertThat(state()).isEqualTo("proved");
        assertThat(events()).contains("provider.domainFound")
                .doesNotContain("provider.domainLost");
    }

    @Test
    void aChangeIsALookToo() {
        prove();
        after("0 hours");
        names.remove(record);
        here.operator().patch(PROVIDERS + "/" + provider, Map.of("displayName", "Other"));
        after("0 hours");
        assertThat(isMissing()).isTrue();
    }

    @Test
    void whatAnOperatorVouchedForStays() {
        here.operator().post(PROVIDERS + "/" + provider + ":approveDomain", Map.of());
        names.remove(record);
        after("0 hours");
        after("100 hours");
        assertThat(state()).isEqualTo("approved");
        assertThat(isMissing()).isFalse();
    }

    private boolean routes() {
        var browser = here.browser();
        var page = browser.get(Provider.authorize(here.anyApp(), Map.of()));
        var fields = new HashMap<>(Browser.hidden(page));
        fields.put("email", "somebody@" + domain);
        return !browser.post("/oauth2/login/provider", fields).body()
                .contains("Nobody with that address");
    }
}
