package orrery.kit.db;

/// What is done in one transaction, without a result.
@FunctionalInterface
public interface TxAction {
    void in(Tx tx);
}
