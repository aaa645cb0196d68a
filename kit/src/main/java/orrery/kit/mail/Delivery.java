package orrery.kit.mail;

import jakarta.mail.MessagingException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Json;
import orrery.kit.durable.Loop;
import orrery.kit.durable.LoopRound;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.secret.Sealing;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Brings queued letters to the mail server, over one connection at a time and one letter after
/// the other. What it does not take is tried again, later each time.
public final class Delivery implements Loop {
    private static final Logger LOG = Logger.getLogger(Delivery.class);
    private static final int BATCH = 20;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(15);

    /// Longer than a round can take: each letter has a few waits of 15 seconds at most.
    private static final Duration CLAIM = Duration.ofMinutes(30);

    private final MailTable table = new MailTable();
    private final Database database;
    private final @Nullable MailServer server;
    private final Sealing sealing;
    private final Events events;
    private final Clock clock;

    /// @param server `null` where this installation sends no mail; what a former setting left
    ///     waits until its time is over
    public Delivery(
            Database database, @Nullable MailServer server, Sealing sealing, Events events,
            Clock clock) {
        this.database = database;
        this.server = server;
        this.sealing = sealing;
        this.events = events;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "mail";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(3);
    }

    @Override
    public void round(LoopRound round) {
        var grant = round.grant();
        var now = clock.instant();
        var due = database.tx(grant, tx -> table.take(tx, BATCH, now, now.plus(CLAIM)));
        var late = due.stream().filter(row -> !now.isBefore(row.expiresAt())).toList();
        late.forEach(row -> giveUp(grant, row, "its time is over"));
        var letters = due.stream().filter(row -> now.isBefore(row.expiresAt())).toList();
        if (!letters.isEmpty()) {
            deliver(grant, letters);
        }
    }

    private void deliver(Grant grant, List<MailTable.Row> letters) {
        if (server == null) {
            letters.forEach(row -> putOff(grant, row));
            return;
        }
        int at = 0;
        try (var smtp = new Smtp(server)) {
            while (at < letters.size() && smtp.isOpen()) {
                deliver(grant, smtp, letters.get(at));
                at++;
            }
        } catch (MessagingException unreachable) {
            LOG.warnf("%d letters wait, since %s does not take them: %s", letters.size(), server,
                    unreachable.getMessage());
        }
        letters.subList(at, letters.size()).forEach(row -> putOff(grant, row));
    }

    private void deliver(Grant grant, Smtp smtp, MailTable.Row row) {
        try {
            var letter = Json.read(
                    sealing.open(row.sealed(), MailTable.SEALED.at(row.id())), Letter.class);
            smtp.send(row.id(), letter, row.createdAt());
            database.write(grant, tx -> table.delete(tx, row.id()));
        } catch (MessagingException refused) {
            if (Smtp.isFinal(refused)) {
                giveUp(grant, row, "the mail server refuses it");
            } else {
                LOG.warnf("%s waits: the mail server does not take it yet", row.id());
                putOff(grant, row);
            }
        }
    }

    private void putOff(Grant grant, MailTable.Row row) {
        var doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(row.attempts() - 1, 10));
        var pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
        database.write(grant, tx -> table.putOff(tx, row.id(), clock.instant().plus(pause)));
    }

    /// The event says what it was about; the address and the text stay secret.
    private void giveUp(Grant grant, MailTable.Row row, String cause) {
        LOG.warnf("%s about %s %s is given up: %s", row.id(), row.kind(), row.subject(), cause);
        database.write(grant, tx -> {
            table.delete(tx, row.id());
            events.append(tx, NewEvent.of("mail.failed", row.about(),
                    Map.of("cause", cause, "attempts", row.attempts())));
        });
    }
}
