package orrery.server.auth.login;

import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedColumn;
import orrery.kit.secret.Sealing;

/// The invite code of an organization: who registers with it becomes a member. It says which
/// organization, so no two have the same, and it is too long to be guessed.
@Singleton
public final class InviteCodes {
    /// What a rotation of the sealing key seals anew.
    public static final SealedColumn SEALED = InviteCodeTable.SEALED;

    /// Without letters and digits that are taken for each other.
    private static final String ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 16;

    private final InviteCodeTable table = new InviteCodeTable();
    private final Database database;
    private final Sealing sealing;
    private final Events events;
    private final RandomGenerator random;
    private final Clock clock;

    /// @param singleUse whether every registration makes a new code
    public record Setting(String code, boolean singleUse) {}

    public InviteCodes(
            Database database, Sealing sealing, Events events, RandomGenerator random,
            Clock clock) {
        this.database = database;
        this.sealing = sealing;
        this.events = events;
        this.random = random;
        this.clock = clock;
    }

    /// The code of the organization that the grant is for, made when it is asked for first.
    public Setting get(Grant grant) {
        return database.tx(grant, tx -> setting(tx, grant.scope().requireOrganization()));
    }

    /// Makes a new code; the old one counts no more.
    public Setting renew(Grant grant) {
        return database.tx(grant, tx -> {
            renew(tx, grant.scope().requireOrganization());
            return setting(tx, grant.scope().requireOrganization());
        });
    }

    /// Says whether every registration makes a new code.
    public Setting change(Grant grant, boolean singleUse) {
        return database.tx(grant, tx -> {
            var organization = grant.scope().requireOrganization();
            setting(tx, organization);
            table.singleUse(tx, organization, singleUse);
            return setting(tx, organization);
        });
    }

    /// The organization of a code.
    Optional<String> organization(Tx tx, String code) {
        return table.organization(tx, hash(code));
    }

    /// The organization of a code, which is used up if it is for one use.
    Optional<String> use(Tx tx, String code) {
        var organization = table.lockOrganization(tx, hash(code));
        organization.flatMap(id -> table.of(tx, id)).filter(InviteCodeTable.Row::singleUse)
                .ifPresent(row -> renew(tx, organization.get()));
        return organization;
    }

    private Setting setting(Tx tx, String organization) {
        var row = table.of(tx, organization).orElseGet(() -> {
            renew(tx, organization);
            return table.of(tx, organization).orElseThrow();
        });
        return new Setting(
                sealing.open(row.sealed(), SEALED.at(organization)), row.singleUse());
    }

    private void renew(Tx tx, String organization) {
        var code = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            code.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        table.set(tx, organization, hash(code.toString()),
                sealing.seal(code.toString(), SEALED.at(organization)), clock.instant());
        events.append(tx, NewEvent.of(
                "invitecode.renewed", new Subject("organization", organization)));
    }

    private static byte[] hash(String code) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(
                    code.strip().toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
