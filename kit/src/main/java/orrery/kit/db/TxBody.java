package orrery.kit.db;

/// What is done in one transaction.
@FunctionalInterface
public interface TxBody<T> {
    T in(Tx tx);
}
