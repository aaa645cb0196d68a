package orrery.kit.mail;

import java.time.Clock;
import java.time.Duration;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.db.Json;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;
import org.jspecify.annotations.Nullable;

/// Sends mail to people. A letter is queued in the caller's transaction, and [Delivery] brings it
/// to the SMTP server: again and again until that takes it, so that it may arrive twice, and is
/// never lost without an event that says so.
public final class Mail {
    public static final SealedColumn SEALED = MailTable.SEALED;

    /// More than this many that wait are a fault or an attack.
    private static final int MOST_WAITING = 10_000;

    private final MailTable table = new MailTable();
    private final @Nullable MailServer server;
    private final Sealing sealing;
    private final Ids ids;
    private final Clock clock;

    /// @param server `null` where this installation sends no mail
    public Mail(@Nullable MailServer server, Sealing sealing, Ids ids, Clock clock) {
        this.server = server;
        this.sealing = sealing;
        this.ids = ids;
        this.clock = clock;
    }

    /// Whether this installation sends mail. Where it does not, show a link to whoever may hand it
    /// on, or refuse as [#send] does.
    public boolean isOn() {
        return server != null;
    }

    /// Queues a letter.
    ///
    /// @param about what the event `mail.failed` will be of, should it not arrive
    /// @param worth how long it is of use; it is not tried after that
    /// @throws Problem.Failure [Problem.Refused] where no mail is sent, [Problem.Unavailable] when
    ///     too much waits already
    public void send(Tx tx, Subject about, Letter letter, Duration worth) {
        if (server == null) {
            throw new Problem.Refused("mail", "this server sends none: its operator must set"
                    + " ORRERY_SMTP_URL and ORRERY_MAIL_FROM").raise();
        }
        if (table.count(tx, MOST_WAITING) >= MOST_WAITING) {
            throw new Problem.Unavailable("the mail server", Duration.ofMinutes(1)).raise();
        }
        var id = ids.next("mail");
        var now = clock.instant();
        table.insert(tx, new MailTable.Row(id, about.kind(), about.id(),
                sealing.seal(Json.write(letter), SEALED.at(id)), 0, now.plus(worth), now));
    }
}
