package orrery.kit.durable;

import java.time.Clock;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.db.Database;
import orrery.kit.events.Signals;
import orrery.kit.secret.Sealing;

/// The real engine, with a test at the places where a process may die.
public final class FaultyEngine {
    private FaultyEngine() {}

    /// When something may go wrong with a step.
    public enum Moment { BEFORE, ACTED, RECORDED }

    /// What goes wrong: it may throw, sleep, or end the process.
    @FunctionalInterface
    public interface Fault {
        /// @param input the run's input as JSON
        void at(String input, String step, Moment moment);
    }

    public static RunEngine of(Database database, Access access, Signals signals, Sealing sealing,
            Ids ids, EngineLimits limits, Fault fault) {
        return new RunEngine(database, access, signals, sealing, ids, Clock.systemUTC(), limits,
                (run, step, moment) ->
                        fault.at(run.input(), step, Moment.valueOf(moment.name())));
    }

    /// As if the process had died here and another had taken over at once: nothing more is
    /// recorded, and the run begins anew from its journal.
    public static void die() {
        throw new Interruption(Interruption.Kind.RESTART, "died, for a test");
    }
}
