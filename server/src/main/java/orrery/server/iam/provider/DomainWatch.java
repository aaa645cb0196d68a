package orrery.server.iam.provider;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.events.Events;
import org.jspecify.annotations.Nullable;

/// Looks again and again whether DNS still proves the domains of providers: domains change hands.
///
/// A proof that is missing for [#GRACE] counts no more, so that a slip in a zone locks nobody out.
/// No answer says nothing either way. What an operator vouched for stays.
@Singleton
public final class DomainWatch implements Loop {
    /// How long a proof may be missing.
    public static final Duration GRACE = Duration.ofDays(3);

    private static final Duration DAILY = Duration.ofDays(1);
    private static final Duration SOON = Duration.ofHours(1);

    /// A name service that does not answer takes its time with each.
    private static final int BATCH = 20;

    private final ProviderTable table = new ProviderTable();
    private final Database database;
    private final DomainRecords records;
    private final Events events;
    private final Clock clock;

    public DomainWatch(Database database, DomainRecords records, Events events, Clock clock) {
        this.database = database;
        this.records = records;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "domain proofs";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(5);
    }

    @Override
    public void round(LoopRound round) {
        look(round.grant());
    }

    /// Looks at those whose turn it is.
    public void look(Grant grant) {
        var now = clock.instant();
        for (var due : database.read(grant,
                tx -> table.due(tx, now.minus(DAILY), now.minus(SOON), BATCH))) {
            var isThere = isThere(due);
            database.write(grant, tx -> note(tx, due, isThere));
        }
    }

    /// @return `null` when nobody answers
    private @Nullable Boolean isThere(Provider provider) {
        try {
            return records.of(Providers.RECORD + provider.tenantDomain())
                    .contains(provider.challenge());
        } catch (Problem.Failure away) {
            return null;
        }
    }

    private void note(Tx tx, Provider seen, @Nullable Boolean isThere) {
        var now = clock.instant();
        var missing = seen.missingSince();
        if (isThere == null) {
            table.checked(tx, seen, now.minus(DAILY).plus(SOON), missing);
        } else if (isThere) {
            if (table.checked(tx, seen, now, null) && missing != null) {
                events.append(tx, Providers.event("provider.domainFound", seen));
            }
        } else if (missing == null) {
            if (table.checked(tx, seen, now, now)) {
                events.append(tx, Providers.event("provider.domainMissing", seen));
            }
        } else if (missing.plus(GRACE).isAfter(now)) {
            table.checked(tx, seen, now, missing);
        } else {
            table.change(tx, seen.proved(null, null), now).ifPresent(changed ->
                    events.append(tx, Providers.event("provider.domainLost", changed)));
        }
    }
}
