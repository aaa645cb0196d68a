package orrery.kit.durable;

import orrery.kit.db.TxAction;

/// What takes a step back.
sealed interface Undo {
    String step();

    /// May happen twice, like the step itself.
    record Outside(String step, Action action) implements Undo {}

    /// Happens once, in the transaction that records it.
    record Inside(String step, TxAction action) implements Undo {}
}
