package orrery.sim.property;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Whatever several clients do one after the other, the server says what the model says: which
/// write is refused, what it makes of the object, what lists and watches show of it.
///
/// More tries: `-Djqwik.tries.default=2000`.
class SequencesTest {
    private static final int MOST_STEPS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger LAST = new AtomicInteger();

    private static Served served;

    @BeforeContainer
    static void start() throws IOException {
        served = Served.start();
    }

    @AfterContainer
    static void stop() {
        served.close();
    }

    @Property
    void serverAgreesWithTheModel(@ForAll("sequences") List<Step> steps) {
        String name = "sequence-" + LAST.incrementAndGet();
        var cluster = served.region().create(name);
        try (Kubernetes client = new Kubernetes(served.kubeconfigs().admin(cluster))) {
            Sequence sequence = new Sequence(client,
                    () -> await().atMost(PATIENCE).until(
                            () -> served.region().unload() == 0));
            steps.forEach(sequence::take);
            sequence.end();
        } finally {
            served.region().delete(name);
        }
    }

    @Provide
    Arbitrary<List<Step>> sequences() {
        return Step.sequences(MOST_STEPS);
    }
}
