package orrery.kit.durable;

/// Ends an execution of a saga from inside one of its steps. An [Error], so that no saga's
/// `catch (RuntimeException …)` keeps it from ending.
class Interruption extends Error {
    enum Kind {
        /// Somebody else owns the run, or may by now: stop, touch nothing.
        LOST,
        /// What we hold in memory is not what is recorded: read the journal and begin anew.
        RESTART,
        /// Nothing to do until later; the row says when.
        PARKED,
        /// It failed or was cancelled; what was done must be undone.
        UNWIND,
        /// The journal and this release's saga do not fit together.
        CONFUSED
    }

    private final Kind kind;

    Interruption(Kind kind, String why) {
        super(why, null, false, false);
        this.kind = kind;
    }

    Kind kind() {
        return kind;
    }
}
