package orrery.server.iam.user;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import orrery.kit.Mistakes;
import orrery.kit.Problem;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;

/// The public keys that people's SSH clients sign in with.
@Singleton
public final class SshKeys {
    private static final int MOST = 50;

    private final UserTable table = new UserTable();
    private final Events events;
    private final Clock clock;

    public SshKeys(Events events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    /// A person's, in the order in which they were added.
    public static List<SshKey> of(Resident person) {
        return read(person.sshKeys());
    }

    private static List<SshKey> read(List<String> lines) {
        return lines.stream().flatMap(it -> SshKey.read(it).stream()).toList();
    }

    /// Adds keys. One that is there already stays as it is.
    ///
    /// @throws Problem.Failure [Problem.Invalid] that names each line that is no key,
    ///     [Problem.QuotaExceeded]
    public List<SshKey> add(Tx tx, String user, List<String> lines) {
        var mistakes = new Mistakes();
        var all = new ArrayList<>(read(table.sshKeys(tx, user)));
        for (int i = 0; i < lines.size(); i++) {
            var read = SshKey.read(lines.get(i));
            mistakes.unless(read.isPresent(), "keys[" + i + "]", "must be a public key of"
                    + " ed25519, ECDSA or RSA (2048 bits at least), as ssh-keygen writes it, with"
                    + " no options before it");
            read.filter(key -> all.stream().noneMatch(
                    known -> known.fingerprint().equals(key.fingerprint()))).ifPresent(all::add);
        }
        mistakes.orRefuse();
        if (all.size() > MOST) {
            throw new Problem.QuotaExceeded("SSH keys of one person", MOST, all.size()).raise();
        }
        keep(tx, user, all, "user.keysAdded");
        return all;
    }

    /// Takes one away.
    ///
    /// @param index in [#of], from 0
    /// @throws Problem.Failure [Problem.NotFound]
    public void remove(Tx tx, String user, int index) {
        var all = new ArrayList<>(read(table.sshKeys(tx, user)));
        if (index < 0 || index >= all.size()) {
            throw new Problem.NotFound("key", String.valueOf(index)).raise();
        }
        all.remove(index);
        keep(tx, user, all, "user.keyRemoved");
    }

    private void keep(Tx tx, String user, List<SshKey> keys, String event) {
        table.sshKeys(tx, user, keys.stream().map(SshKey::line).toList(), clock.instant());
        events.append(tx, NewEvent.of(event, new Subject("user", user), Map.of("fingerprints",
                keys.stream().map(SshKey::fingerprint).toList())));
    }
}
