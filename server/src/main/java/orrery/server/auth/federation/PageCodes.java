package orrery.server.auth.federation;

import jakarta.inject.Singleton;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.server.auth.session.Entry;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;
import orrery.server.iam.user.Users;

/// Codes that a page exchanges for a token after somebody came back. They hold no token: it is made
/// when the code is shown.
@Singleton
final class PageCodes {
    private static final Duration LIFE = Duration.ofSeconds(30);

    private final CodeTable table = new CodeTable();
    private final Users users;
    private final RandomSecrets secrets;
    private final Clock clock;

    PageCodes(Users users, RandomSecrets secrets, Clock clock) {
        this.users = users;
        this.secrets = secrets;
        this.clock = clock;
    }

    /// @param browser cookie of the browser that alone may show it; `null` for any
    String issue(Tx tx, User user, Entry entry, @Nullable String browser) {
        var code = secrets.next();
        var now = clock.instant();
        table.sweep(tx, now);
        table.insert(tx, RandomSecrets.hash(code), new CodeTable.Row(user.id(), entry,
                browser == null ? null : RandomSecrets.hash(browser), now.plus(LIFE)));
        return code;
    }

    /// Whom a code was given for, once.
    Optional<Identities.Found> take(Tx tx, String code, @Nullable String browser) {
        return table.take(tx, RandomSecrets.hash(code))
                .filter(row -> clock.instant().isBefore(row.expiresAt()))
                .filter(row -> row.browser() == null || browser != null
                        && MessageDigest.isEqual(row.browser(), RandomSecrets.hash(browser)))
                .flatMap(row -> users.byId(tx, row.userId()).filter(User::isActive)
                        .map(user -> new Identities.Found(user, row.entry())));
    }
}
