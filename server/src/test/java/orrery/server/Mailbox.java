package orrery.server;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Folder;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// Somebody's mailbox at the mail server of the tests (SMTP in, POP3 out), which servers under test
/// send through.
public record Mailbox(String address) {
    private static final String SMTP = "orrery.test.smtp";
    private static final String POP3 = "orrery.test.pop3";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern LINK = Pattern.compile("https?://\\S+");

    /// Where servers send mail to. Test classes and profiles are loaded more than once: the first
    /// starts the mail server, the others find it.
    public static synchronized String server() {
        synchronized (System.getProperties()) {
            if (System.getProperty(SMTP) == null) {
                var mail = new GreenMail(new ServerSetup[] {
                    new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP),
                    new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_POP3)});
                mail.start();
                System.setProperty(POP3, Integer.toString(mail.getPop3().getPort()));
                System.setProperty(SMTP, Integer.toString(mail.getSmtp().getPort()));
            }
        }
        return "smtp://127.0.0.1:" + System.getProperty(SMTP);
    }

    /// The newest letter with that in its subject, as soon as there is one.
    public String letter(String subject) {
        return Awaitility.await().atMost(PATIENCE).until(
                () -> letters(subject), all -> !all.isEmpty()).getLast();
    }

    /// The link in the newest letter with that subject.
    public String link(String subject) {
        var match = LINK.matcher(letter(subject).replaceFirst("(?s)^.* at http\\S+", ""));
        if (!match.find()) {
            throw new AssertionError("no link");
        }
        return match.group();
    }

    /// All letters with that in their subject, the oldest first.
    public List<String> letters(String subject) throws MessagingException, IOException {
        var found = new ArrayList<String>();
        var session = Session.getInstance(new Properties());
        try (var store = session.getStore("pop3")) {
            // The mail server makes a mailbox, with the address for its password, at the first
            // letter.
            store.connect("127.0.0.1", Integer.getInteger(POP3), address, address);
            var folder = store.getFolder("INBOX");
            folder.open(Folder.READ_ONLY);
            for (var message : folder.getMessages()) {
                if (message.getSubject().contains(subject)) {
                    found.add(message.getContent().toString());
                }
            }
            folder.close();
        } catch (MessagingException nobodyYet) {
            return found;
        }
        return found;
    }
}
