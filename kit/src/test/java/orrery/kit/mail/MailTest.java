package orrery.kit.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.durable.LoopRound;
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.events.Subject;
import orrery.kit.kube.Fence;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Letters on their way to a real SMTP server.
class MailTest {
    private static final Grant SYSTEM = TestDatabase.ACCESS.system("mail");
    private static final Subject ANN = new Subject("user", "usr_ann");
    private static final Letter LETTER =
            new Letter("ann@example.com", "Grüße", "a link with a secret");
    private static final Duration DAY = Duration.ofDays(1);

    @AutoClose
    final TestDatabase test = TestDatabase.create();

    @AutoClose
    final Signals signals = Signals.start(test.address(), test.database(), SYSTEM);

    @TempDir
    Path folder;

    private final GreenMail greenMail =
            new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private Instant now = Instant.parse("2026-11-23T00:00:00Z");

    @BeforeEach
    void open() {
        greenMail.start();
    }

    @AfterEach
    void close() {
        greenMail.stop();
    }

    private MailServer server(String more) {
        return MailServer.of(URI.create("smtp://" + more + "127.0.0.1:"
                + greenMail.getSmtp().getPort()), null, "orrery@example.com");
    }

    private Sealing sealing() {
        return Sealing.openOrCreate(folder.resolve("sealing-key"));
    }

    private Clock clock() {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private void send(Letter letter, Duration worth) {
        var mail = new Mail(server(""), sealing(), new Ids(new SecureRandom()), clock());
        test.database().write(SYSTEM, tx -> mail.send(tx, ANN, letter, worth));
    }

    private void round(MailServer to) {
        var events = new Events(test.database(), signals, new Ids(new SecureRandom()));
        new Delivery(test.database(), to, sealing(), events, clock())
                .round(new LoopRound(SYSTEM, new Fence("loop mail", 1, () -> true)));
    }

    private int waiting() {
        return test.database().read(SYSTEM, tx -> tx.handle()
                .createQuery("select count(*) from mail").mapTo(int.class).one());
    }

    private List<String> events() {
        return test.database().read(SYSTEM, tx -> tx.handle()
                .createQuery("select type from event").mapTo(String.class).list());
    }

    @Test
    void aLetterArrivesOnceAndIsForgotten() throws Exception {
        send(LETTER, DAY);
        round(server(""));
        round(server(""));
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
        var got = greenMail.getReceivedMessages()[0];
        assertThat(got.getSubject()).isEqualTo("Grüße");
        assertThat(GreenMailUtil.getBody(got)).contains("a link with a secret");
        assertThat(got.getFrom()[0]).hasToString("orrery@example.com");
        assertThat(got.getAllRecipients()[0]).hasToString("ann@example.com");
        assertThat(got.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(waiting()).isZero();
    }

    @Test
    void nothingOfATransactionThatFailsIsSent() {
        var mail = new Mail(server(""), sealing(), new Ids(new SecureRandom()), clock());
        assertThatThrownBy(() -> test.database().write(SYSTEM, tx -> {
            mail.send(tx, ANN, LETTER, DAY);
            throw new IllegalStateException("after the letter");
        })).isInstanceOf(IllegalStateException.class);
        round(server(""));
        assertThat(greenMail.getReceivedMessages()).isEmpty();
    }

    @Test
    void aLetterWaitsWhileTheServerIsAwayAndGoesOutAfterThat() {
        send(LETTER, DAY);
        var away = MailServer.of(URI.create("smtp://127.0.0.1:1"), null, "orrery@example.com");
        round(away);
        assertThat(waiting()).isEqualTo(1);
        round(server(""));
        assertThat(greenMail.getReceivedMessages()).as("not before its pause is over").isEmpty();
        now = now.plus(Duration.ofSeconds(11));
        round(server(""));
        assertThat(greenMail.getReceivedMessages()).hasSize(1);
    }

    @Test
    void whatTheServerRefusesForGoodIsGivenUpWithAnEvent() {
        send(new Letter("no address", "Hello", "text"), DAY);
        send(LETTER, DAY);
        round(server(""));
        assertThat(greenMail.getReceivedMessages()).as("the other one").hasSize(1);
        assertThat(waiting()).isZero();
        assertThat(events()).containsExactly("mail.failed");
    }

    @Test
    void whatIsOfNoUseAnyMoreIsGivenUpWithAnEvent() {
        send(LETTER, Duration.ofMinutes(30));
        now = now.plus(Duration.ofMinutes(30));
        round(server(""));
        assertThat(greenMail.getReceivedMessages()).isEmpty();
        assertThat(events()).containsExactly("mail.failed");
    }

    @Test
    void logsInWhereTheAddressNamesAUser() {
        greenMail.setUser("orrery@example.com", "orrery", "sesame");
        greenMail.getManagers().getUserManager().setAuthRequired(true);
        send(LETTER, DAY);
        round(server("orrery:wrong@"));
        assertThat(waiting()).isEqualTo(1);
        now = now.plus(Duration.ofSeconds(11));
        round(server("orrery:sesame@"));
        assertThat(waiting()).isZero();
    }

    @Test
    void doesNotTrustAServerThatCannotProveItsName() {
        var tls = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
        tls.start();
        try {
            send(LETTER, DAY);
            round(MailServer.of(URI.create("smtps://127.0.0.1:" + tls.getSmtps().getPort()), null,
                    "orrery@example.com"));
            assertThat(tls.getReceivedMessages()).isEmpty();
            assertThat(waiting()).isEqualTo(1);
        } finally {
            tls.stop();
        }
    }

    @Test
    void keepsNoTextInTheClear() {
        send(LETTER, DAY);
        var row = test.database().read(SYSTEM, tx -> tx.handle()
                .createQuery("select mail::text, sealed from mail")
                .map((set, _) -> set.getString(1) + new String(
                        set.getBytes(2), StandardCharsets.ISO_8859_1)).one());
        assertThat(row).doesNotContain("secret", "ann@example.com");
    }

    @Test
    void refusesWhatWouldAddAHeader() {
        assertThatThrownBy(() -> new Letter("ann@example.com", "Hi\r\nBcc: all@x", "text"))
                .isInstanceOf(Problem.Failure.class);
        assertThatThrownBy(() -> new Letter("ann@example.com\nBcc: all@x", "Hi", "text"))
                .isInstanceOf(Problem.Failure.class);
    }

    @Test
    void refusesToSendWhereNobodySaidHow() {
        var mail = new Mail(null, sealing(), new Ids(new SecureRandom()), clock());
        assertThat(mail.isOn()).isFalse();
        assertThatThrownBy(() -> test.database().write(SYSTEM,
                tx -> mail.send(tx, ANN, LETTER, DAY)))
                .hasMessageContaining("ORRERY_SMTP_URL");
    }

    @Test
    void knowsHowAMailServerIsWritten() {
        var server = MailServer.of(
                URI.create("smtps://me:p%40ss@mail.example.com"), null, "a@b");
        assertThat(server.port()).isEqualTo(465);
        assertThat(server.password()).isEqualTo("p@ss");
        assertThat(server.toString()).isEqualTo("smtps://mail.example.com:465");
        assertThat(MailServer.of(URI.create("smtp://me@mail.example.com"), "x", "a@b").password())
                .isEqualTo("x");
        assertThatThrownBy(() -> MailServer.of(URI.create("http://x"), null, "a@b"))
                .hasMessageContaining("smtps://");
        assertThatThrownBy(() -> MailServer.of(URI.create("smtp://x"), null, "nobody"))
                .hasMessageContaining("sender");
    }
}
