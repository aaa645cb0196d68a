package orrery.kit.durable;

import java.time.Duration;

/// Work that nobody asked for and that comes round again and again: it brings our records and the
/// world together, sweeps, or prunes. It must not mind being cut off anywhere and begun anew.
public interface Loop {
    /// Never changes: it names the row that all processes share.
    String name();

    /// The pause between the end of one round and the beginning of the next.
    Duration every();

    /// One round. At any time at most one process is in it; what it throws is logged, and the next
    /// round comes as usual.
    void round(LoopRound round) throws Exception;
}
