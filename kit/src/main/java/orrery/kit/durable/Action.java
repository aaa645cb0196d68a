package orrery.kit.durable;

/// What a step does, or what takes it back.
@FunctionalInterface
public interface Action {
    void run() throws Exception;
}
