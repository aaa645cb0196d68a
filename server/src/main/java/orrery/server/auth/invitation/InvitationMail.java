package orrery.server.auth.invitation;

import jakarta.inject.Singleton;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import orrery.kit.db.Tx;
import orrery.kit.events.Subject;
import orrery.kit.mail.Letter;
import orrery.kit.mail.Mail;
import orrery.server.auth.token.AccessTokens;
import orrery.server.tenancy.organization.Organization;
import orrery.server.tenancy.organization.Organizations;

/// Brings an invitation's link to whom it is for: by mail, or, where none is sent, by the hands of
/// the inviter.
@Singleton
final class InvitationMail {
    private static final Duration WORTH = Duration.ofDays(7);

    private final Mail mail;
    private final Organizations organizations;
    private final String address;

    InvitationMail(Mail mail, Organizations organizations, AccessTokens tokens) {
        this.mail = mail;
        this.organizations = organizations;
        this.address = tokens.issuer();
    }

    /// The token stands behind the `#`: browsers keep that part to themselves, so that it is in no
    /// log.
    ///
    /// @return the link for the inviter to hand on; `null` when a mail brings it
    @Nullable String send(Tx tx, Invitation invitation, String token) {
        var link = address + "/#invitation=" + token;
        if (!mail.isOn()) {
            return link;
        }
        var organization = organizations.find(tx, invitation.organizationId())
                .map(Organization::name).orElse(invitation.organizationId());
        mail.send(tx, new Subject("invitation", invitation.id()), new Letter(
                invitation.email(), "Invitation to " + organization, """
                You were invited to %s on %s, as %s.

                To come, open this address within seven days:

                %s

                It counts once. If you do not know why you get this mail, do nothing.
                """.formatted(organization, address, invitation.role(), link)), WORTH);
        return null;
    }
}
