package orrery.kit.durable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/// A saga that is written in the test itself, and notes what it did.
final class Script implements Saga<Script.Input> {
    /// @param text whatever the test wants to tell its saga
    public record Input(String text) {}

    private final SagaType<Input> type;
    private final BiConsumer<Steps, Script> body;
    final List<String> did = Collections.synchronizedList(new ArrayList<>());

    Script(SagaType<Input> type, BiConsumer<Steps, Script> body) {
        this.type = type;
        this.body = body;
    }

    /// A patient one with quick retries.
    static SagaType<Input> type(String name) {
        return new SagaType<>(name, Input.class, Policy.DEFAULT
                .withAttempts(3, java.time.Duration.ofMillis(20))
                .withPoll(java.time.Duration.ofMillis(100)));
    }

    void note(String what) {
        did.add(what);
    }

    @Override
    public SagaType<Input> type() {
        return type;
    }

    @Override
    public void run(Steps steps, Input input) {
        body.accept(steps, this);
    }
}
