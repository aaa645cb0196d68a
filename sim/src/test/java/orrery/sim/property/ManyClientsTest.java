package orrery.sim.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import orrery.sim.SimProcess;
import orrery.sim.type.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients that write, read and watch at the same time, while the server is killed and started
/// again and clusters leave its memory: no acknowledged write is lost, no version that anybody saw
/// is taken back, and no watch misses a change or tells one twice.
///
/// More: `-Dproperty.kills=20 -Dproperty.writes=2000`.
class ManyClientsTest {
    private static final int KILLS = Integer.getInteger("property.kills", 1);
    private static final int WRITES = Integer.getInteger("property.writes", 150);
    private static final int WRITERS = 4;
    private static final int READERS = 2;
    private static final int INFORMERS = 3;
    /// Whatever nobody uses at a moment leaves memory, again and again.
    private static final String[] UNLOADING = {"--unload-after", "0s"};
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final Ledger ledger = new Ledger();
    private final AtomicBoolean writing = new AtomicBoolean(true);
    private final AtomicBoolean following = new AtomicBoolean(true);
    private final Random random = new Random();
    private final List<Thread> threads = new ArrayList<>();

    @TempDir
    Path data;

    @Test
    void nothingIsLostRepeatedOrTakenBack() throws Exception {
        SimProcess process = SimProcess.start(data, UNLOADING);
        String kubeconfig = Files.readString(data.resolve("kubeconfig"));
        List<Kubernetes> clients = IntStream.range(0, WRITERS + READERS + INFORMERS)
                .mapToObj(i -> new Kubernetes(kubeconfig)).toList();
        List<Writer> writers = IntStream.range(0, WRITERS).mapToObj(i -> new Writer(
                "w" + i, clients.get(i), ledger, new Random(random.nextLong()))).toList();
        List<Informer> informers = IntStream.range(0, INFORMERS).mapToObj(i -> new Informer(
                clients.get(WRITERS + READERS + i), ledger)).toList();
        try {
            writers.forEach(one -> run(() -> one.write(writing::get)));
            for (int i = 0; i < READERS; i++) {
                Reader reader = new Reader(clients.get(WRITERS + i), ledger);
                run(() -> reader.read(writing::get));
            }
            informers.forEach(one -> run(() -> one.follow(following::get)));
            for (int i = 0; i < KILLS; i++) {
                untilWritten(WRITES + random.nextInt(WRITES));
                process.kill();
                process = SimProcess.start(data, UNLOADING);
            }
            untilWritten(WRITES);
            writing.set(false);
            check(new Kubernetes(kubeconfig), writers, informers);
        } finally {
            writing.set(false);
            following.set(false);
            process.close();
            for (Thread thread : threads) {
                thread.join(PATIENCE);
            }
            clients.forEach(Kubernetes::close);
        }
    }

    private void check(Kubernetes server, List<Writer> writers, List<Informer> informers) {
        try (server) {
            untilEnded(threads.subList(0, WRITERS + READERS));
            assertThat(server.post(Json.readObject(("{\"metadata\":{\"name\":\"" + Watching.LAST
                    + "\"}}").getBytes())).code()).isEqualTo(201);
            await().atMost(PATIENCE).until(() -> ledger.mistake() != null
                    || informers.stream().allMatch(Informer::complete));
            untilEnded(threads);
            informers.forEach(Informer::check);
            assertThat(ledger.mistake()).isNull();
            var left = Reader.snapshot(server, ledger).objects();
            for (String name : ledger.names()) {
                if (writers.stream().anyMatch(writer -> writer.deleted().contains(name))) {
                    assertThat(left).doesNotContainKey(name);
                } else if (name.startsWith("shared-")) {
                    assertThat(left.get(name).data().keySet())
                            .containsAll(ledger.marks(name).keySet());
                }
            }
            for (Informer informer : informers) {
                assertThat(informer.copy()).isEqualTo(left);
            }
            assertThat(ledger.mistake()).isNull();
        }
    }

    /// A restarted server is met again by all writers after so many writes.
    private void untilWritten(int more) {
        long before = written();
        await().atMost(PATIENCE).until(
                () -> ledger.mistake() != null || written() >= before + more);
    }

    private long written() {
        AtomicLong sum = new AtomicLong();
        ledger.names().forEach(name -> sum.addAndGet(ledger.marks(name).size()));
        return sum.get();
    }

    private static void untilEnded(List<Thread> threads) {
        await().atMost(PATIENCE).until(() -> threads.stream().noneMatch(Thread::isAlive));
    }

    private void run(Runnable client) {
        threads.add(Thread.ofVirtual().start(client));
    }
}
