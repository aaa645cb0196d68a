package orrery.kit.durable;

/// A durable change made of named steps. It survives the death of the process that runs it: any
/// other goes on after the last recorded step.
///
/// [#run] is executed anew each time, and recorded steps answer from the journal instead of acting.
/// So everything that has an effect, or whose answer may differ the next time (the clock, a read),
/// happens inside a step, and the order of steps depends on the input and on steps' results only.
///
/// ```java
/// public void run(Steps steps, Input in) {
///     steps.run("apply", () -> kube(steps.fence()).apply(deployment(in)),
///             () -> kube(steps.fence()).delete(deployment(in)));
///     steps.await("ready", () -> view.get(in.id()).isReady());
///     steps.tx("mark running", tx -> { clusters.mark(tx, in.id(), RUNNING); });
/// }
/// ```
public interface Saga<I extends Record> {
    SagaType<I> type();

    void run(Steps steps, I input);
}
