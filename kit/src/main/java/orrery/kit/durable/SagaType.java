package orrery.kit.durable;

/// What one must know of a saga to start it.
///
/// @param name  stored with every run and never changed: `cluster.create`
/// @param input stored with every run: a record; [orrery.kit.secret.Secret] components are sealed
public record SagaType<I extends Record>(String name, Class<I> input, Policy policy) {
    public SagaType(String name, Class<I> input) {
        this(name, input, Policy.DEFAULT);
    }
}
