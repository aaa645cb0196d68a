package orrery.server.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import orrery.kit.Ids;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;

/// Keys come and go, and no token that counts loses its own.
class SigningKeysTest {
    @AutoClose
    static final TestDatabase DB = TestDatabase.create("server");

    @TempDir
    Path folder;

    /// Time that tests move.
    private static final class Moving extends Clock {
        private Instant now = Instant.parse("2026-03-01T12:00:00Z");

        void days(int days) {
            now = now.plus(Duration.ofDays(days));
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void successorsArePublishedBeforeTheySignAndKeptAfter() {
        var clock = new Moving();
        var keys = new SigningKeys(DB.database(), Sealing.openOrCreate(folder.resolve("key")),
                new Ids(new SecureRandom()), clock);
        keys.renew();
        var access = keys.get().active();
        var identity = keys.identity().active();
        assertThat(algorithms(keys)).containsExactlyInAnyOrder("ES256", "RS256");
        assertThat(identity.size()).isEqualTo(2048);

        clock.days(84);
        keys.renew();
        assertThat(keys.get().active()).as("still signs").isEqualTo(access);
        assertThat(algorithms(keys)).as("both successors are published").hasSize(4);

        clock.days(7);
        assertThat(keys.get().active()).isNotEqualTo(access);
        assertThat(keys.identity().active()).isNotEqualTo(identity);
        assertThat(keys.get().find(access.getKeyID())).isPresent();
        assertThat(keys.identity().find(identity.getKeyID())).isPresent();

        clock.days(9);
        assertThat(keys.get().find(access.getKeyID())).as("its last token is over").isEmpty();
        assertThat(keys.published().toString()).doesNotContain(
                identity.getPrivateExponent().toString(), access.getD().toString());
    }

    private static List<String> algorithms(SigningKeys keys) {
        var all = (List<?>) keys.published().get("keys");
        return all.stream().map(key -> ((Map<?, ?>) key).get("alg").toString()).toList();
    }
}
