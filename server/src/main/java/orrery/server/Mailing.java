package orrery.server;

import java.net.URI;
import orrery.kit.config.Setting;
import orrery.kit.mail.MailServer;
import org.jspecify.annotations.Nullable;

/// Which server sends our mail. Without one nobody can reset a password by themselves, and
/// invitations are shown to the inviter.
record Mailing(
        @Setting(name = "SMTP_URL", is = "the server that sends mail:"
                + " smtps://user@smtp.example.com:465, or smtp://… (STARTTLS); else none is sent",
                option = "--smtp-url")
        @Nullable URI smtpUrl,
        @Setting(name = "SMTP_PASSWORD", is = "its password, where the URL has none")
        @Nullable String smtpPassword,
        @Setting(name = "MAIL_FROM", is = "the address that mail comes from",
                option = "--mail-from")
        @Nullable String mailFrom) {

    Mailing {
        if (smtpUrl != null) {
            if (mailFrom == null) {
                throw new IllegalArgumentException("ORRERY_SMTP_URL needs ORRERY_MAIL_FROM: the"
                        + " address that mail comes from");
            }
            MailServer.of(smtpUrl, smtpPassword, mailFrom);
        }
    }

    /// `null` where no mail is sent.
    @Nullable MailServer server() {
        return smtpUrl == null || mailFrom == null ? null
                : MailServer.of(smtpUrl, smtpPassword, mailFrom);
    }
}
