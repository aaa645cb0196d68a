package orrery.kit.durable;

/// Where a process may die, or freeze, in the middle of a run. In production nothing happens here;
/// tests make it happen.
@FunctionalInterface
interface Faults {
    Faults NONE = (run, step, moment) -> { };

    enum Moment {
        /// The step's action is about to begin.
        BEFORE,
        /// The action has happened, and nobody has recorded it.
        ACTED,
        /// The step is in the journal.
        RECORDED
    }

    void at(RunRow run, String step, Moment moment);
}
