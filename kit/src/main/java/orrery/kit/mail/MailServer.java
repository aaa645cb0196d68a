package orrery.kit.mail;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The SMTP server that takes our mail (RFC 6409), and who we are there.
///
/// @param isTls TLS from the first byte (RFC 8314), else STARTTLS
/// @param from the sender's address
public record MailServer(
        String host, int port, boolean isTls, @Nullable String user, @Nullable String password,
        String from) {
    private static final int SUBMISSION = 587;
    private static final int SUBMISSIONS = 465;

    /// @param url `smtps://user:password@host:465`, or `smtp://host:587`
    /// @param password where the URL has none
    /// @throws IllegalArgumentException with what would be right
    public static MailServer of(URI url, @Nullable String password, String from) {
        var scheme = String.valueOf(url.getScheme());
        if (!List.of("smtp", "smtps").contains(scheme) || url.getHost() == null) {
            throw new IllegalArgumentException("a mail server is written like"
                    + " smtps://user@smtp.example.com:465 or smtp://user@smtp.example.com:587");
        }
        if (!from.matches("[^@\\s\\p{Cntrl}]+@[^@\\s\\p{Cntrl}]+")) {
            throw new IllegalArgumentException("the sender must be an e-mail address");
        }
        var isTls = scheme.equals("smtps");
        var who = url.getUserInfo() == null ? new String[0] : url.getUserInfo().split(":", 2);
        return new MailServer(url.getHost(),
                url.getPort() >= 0 ? url.getPort() : isTls ? SUBMISSIONS : SUBMISSION, isTls,
                who.length > 0 ? who[0] : null, who.length > 1 ? who[1] : password, from);
    }

    /// Whether nobody can listen on the way there, so that it may go without TLS.
    boolean isHere() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (isTls ? "smtps://" : "smtp://") + host + ":" + port;
    }
}
