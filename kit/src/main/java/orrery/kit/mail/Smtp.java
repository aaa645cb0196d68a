package orrery.kit.mail;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Properties;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/// One connection to the mail server (RFC 5321). TLS is required, and the server's name checked,
/// except on loopback.
final class Smtp implements AutoCloseable {
    private static final String TIMEOUT_MILLIS = "15000";
    private static final int PERMANENT = 500;

    private final MailServer server;
    private final Session session;
    private final Transport transport;

    /// @throws MessagingException when it does not answer, or does not let us in
    Smtp(MailServer server) throws MessagingException {
        this.server = server;
        this.session = Session.getInstance(properties(server));
        this.transport = session.getTransport();
        transport.connect(server.host(), server.port(), server.user(), server.password());
    }

    private static Properties properties(MailServer server) {
        var protocol = server.isTls() ? "smtps" : "smtp";
        var all = new Properties();
        all.setProperty("mail.transport.protocol", protocol);
        var prefix = "mail." + protocol + ".";
        all.setProperty(prefix + "connectiontimeout", TIMEOUT_MILLIS);
        all.setProperty(prefix + "timeout", TIMEOUT_MILLIS);
        all.setProperty(prefix + "writetimeout", TIMEOUT_MILLIS);
        all.setProperty(prefix + "ssl.checkserveridentity", "true");
        all.setProperty(prefix + "ssl.protocols", "TLSv1.3 TLSv1.2");
        all.setProperty(prefix + "auth", Boolean.toString(server.user() != null));
        // What it says in EHLO; without it, it would ask the system for the host's name.
        all.setProperty(prefix + "localhost", domain(server.from()));
        if (!server.isTls()) {
            all.setProperty(prefix + "starttls.enable", "true");
            all.setProperty(prefix + "starttls.required", Boolean.toString(!server.isHere()));
        }
        return all;
    }

    /// @param id becomes the Message-ID, so that one that is sent twice is known again
    /// @throws MessagingException when the server does not take it
    void send(String id, Letter letter, Instant written) throws MessagingException {
        var message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + id + "@" + domain(server.from()) + ">");
            }
        };
        message.setFrom(new InternetAddress(server.from(), true));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(letter.to(), true));
        message.setSubject(letter.subject(), StandardCharsets.UTF_8.name());
        message.setText(letter.text(), StandardCharsets.UTF_8.name());
        message.setSentDate(Date.from(written));
        // Nobody's holiday notice answers (RFC 3834).
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        transport.sendMessage(message, message.getAllRecipients());
    }

    boolean isOpen() {
        return transport.isConnected();
    }

    /// Whether trying again would end the same way.
    static boolean isFinal(MessagingException failure) {
        for (Exception at = failure; at != null;
                at = at instanceof MessagingException next ? next.getNextException() : null) {
            var code = switch (at) {
                case AddressException _ -> PERMANENT;
                case AuthenticationFailedException _ -> 0;
                case SMTPAddressFailedException e -> e.getReturnCode();
                case SMTPSenderFailedException e -> e.getReturnCode();
                case SMTPSendFailedException e -> e.getReturnCode();
                default -> 0;
            };
            if (code >= PERMANENT) {
                return true;
            }
        }
        return false;
    }

    private static String domain(String address) {
        return address.substring(address.lastIndexOf('@') + 1);
    }

    @Override
    public void close() {
        try {
            transport.close();
        } catch (MessagingException gone) {
            // It is closed, which is what was wanted.
        }
    }
}
