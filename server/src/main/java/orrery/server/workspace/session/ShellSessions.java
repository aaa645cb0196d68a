package orrery.server.workspace.session;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.db.Database;
import orrery.server.iam.user.People;

/// Keeps who had a terminal open in which workspace.
@Singleton
public final class ShellSessions {
    private static final Permission SEE = new Permission("iam.users.get");
    private static final Duration RETENTION = Duration.ofDays(90);

    /// Longer than an open one goes without a word: its browser pings.
    private static final Duration SILENT = Duration.ofMinutes(5);

    private static final int MOST = 1_000;
    private static final int SHORT = 8;

    private final ShellSessionTable table = new ShellSessionTable();
    private final Database database;
    private final People people;
    private final Ids ids;
    private final Clock clock;

    public ShellSessions(Database database, People people, Ids ids, Clock clock) {
        this.database = database;
        this.people = people;
        this.ids = ids;
        this.clock = clock;
    }

    /// Notes that the caller opened one.
    public Attendance begin(Grant grant, String workspace, String blueprint) {
        var random = ids.next("ws");
        var id = "ws-" + random.substring(random.length() - SHORT).toLowerCase(Locale.ROOT);
        var now = clock.instant();
        database.write(grant, tx -> {
            table.sweep(tx, now.minus(RETENTION));
            table.insert(tx, grant.principal().id(), new ShellSession(id, "", workspace, blueprint,
                    "web", grant.call().address(), 0, 0, now, now, null));
        });
        return new Attendance(clock, (in, out, isOver) -> database.write(grant,
                tx -> table.touch(tx, id, in, out, isOver, clock.instant())));
    }

    /// Those of a person, the newest first.
    ///
    /// @param username `null` for the caller
    /// @param workspace name of the only one; `null` for any
    /// @param all those too that have ended
    /// @param last how many at most; `null` for a thousand
    public List<ShellSession> list(Grant grant, @Nullable String username,
            @Nullable String workspace, boolean all, @Nullable Integer last) {
        var limit = last == null ? MOST : Math.clamp(last, 1, MOST);
        var user = people.see(grant, username, SEE);
        return database.read(grant, tx -> table.list(tx, user.id(), workspace, all,
                clock.instant().minus(SILENT), limit));
    }
}
