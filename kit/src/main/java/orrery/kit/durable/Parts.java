package orrery.kit.durable;

import java.time.Clock;
import javax.sql.DataSource;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.events.Signals;
import orrery.kit.secret.SealedJson;

/// What an execution needs of its process.
record Parts(
        Database database,
        DataSource source,
        Access access,
        Signals signals,
        SealedJson json,
        JournalTable journal,
        RunStarter starter,
        Clock clock,
        Faults faults) {}
