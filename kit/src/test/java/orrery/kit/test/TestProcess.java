package orrery.kit.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import orrery.kit.Ids;
import orrery.kit.access.Grant;
import orrery.kit.db.Address;
import orrery.kit.db.Database;
import orrery.kit.db.Limits;
import orrery.kit.durable.EngineLimits;
import orrery.kit.durable.FaultyEngine;
import orrery.kit.durable.Run;
import orrery.kit.durable.RunEngine;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.events.Events;
import orrery.kit.events.Feed;
import orrery.kit.events.Signals;
import orrery.kit.http.Paging;
import orrery.kit.secret.Sealing;

/// What one server process has of durable work: pools, events, and an engine of its own. Several
/// of them on one [TestDatabase] behave like several servers.
public final class TestProcess implements AutoCloseable {
    /// A lease short enough to test what happens when it ends, and more room than looking for work
    /// takes at once: else a run that begins in that moment goes to whichever process is faster.
    public static final EngineLimits LIMITS =
            new EngineLimits(Duration.ofSeconds(3), Duration.ofMillis(100), 64);

    private static final Duration PATIENCE = Duration.ofSeconds(240);

    static {
        Waits.lookSoon();
    }

    private static final FaultyEngine.Fault NONE = (input, step, moment) -> { };

    private final Database database;
    private final boolean isOurs;
    private final Signals signals;
    private final Events events;
    private final Feed feed;
    private final RunEngine engine;
    private final Runs runs;

    public TestProcess(Address address, EngineLimits limits) {
        this(address, limits, NONE);
    }

    private TestProcess(Address address, EngineLimits limits, FaultyEngine.Fault fault) {
        this(Database.open(address, Limits.DEFAULT.withIdleInTransaction(limits.lease())), true,
                address, limits, fault);
    }

    private TestProcess(Database database, boolean isOurs, Address address, EngineLimits limits,
            FaultyEngine.Fault fault) {
        var ids = new Ids(new SecureRandom());
        var system = TestDatabase.ACCESS.system("test");
        this.database = database;
        this.isOurs = isOurs;
        signals = Signals.start(address, database, system);
        events = new Events(database, signals, ids);
        feed = new Feed(database, events, signals, system);
        engine = FaultyEngine.of(
                database, TestDatabase.ACCESS, signals, sealing(), ids, limits, fault);
        runs = new Runs(database, engine);
    }

    /// A process that works on runs of these sagas. It shares the pool of the test: opening one,
    /// and meeting every statement for the first time, takes longer than most runs.
    public static TestProcess start(TestDatabase test, Saga<?>... sagas) {
        var process = faulty(test, NONE);
        process.engine.start(List.of(sagas));
        return process;
    }

    /// A process in which something goes wrong, with the pool of the test. The caller starts its
    /// engine.
    public static TestProcess faulty(TestDatabase test, FaultyEngine.Fault fault) {
        return new TestProcess(test.database(), false, test.address(), LIMITS, fault);
    }

    /// A process in which something goes wrong. The caller starts its engine.
    public static TestProcess faulty(
            Address address, EngineLimits limits, FaultyEngine.Fault fault) {
        return new TestProcess(address, limits, fault);
    }

    /// The keys of this test run, the same for all its processes. Two JVMs that test in this folder
    /// may make them at once: one of them wins.
    public static Sealing sealing() {
        var keys = Path.of("target", "test-sealing-key");
        if (Files.notExists(keys)) {
            var fresh = keys.resolveSibling("test-sealing-key-" + ProcessHandle.current().pid());
            Sealing.openOrCreate(fresh);
            try {
                Files.createLink(keys, fresh);
            } catch (FileAlreadyExistsException another) {
                // Those, then.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Sealing.open(keys);
    }

    /// Lists of whatever is under test.
    public static Paging paging() {
        return new Paging(sealing(), Clock.systemUTC());
    }

    public Database database() {
        return database;
    }

    public Events events() {
        return events;
    }

    public Feed feed() {
        return feed;
    }

    public RunEngine engine() {
        return engine;
    }

    public Runs runs() {
        return runs;
    }

    /// Waits until the run is over, and tells how it ended.
    public Run await(Grant grant, String id) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            var run = runs.get(grant, id);
            if (run.status().isOver()) {
                return run;
            }
            pause();
        }
        throw new AssertionError("not over after " + PATIENCE + ": " + runs.get(grant, id)
                + " " + runs.steps(grant, id));
    }

    private static void pause() {
        try {
            Thread.sleep(5);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        engine.close();
        feed.close();
        signals.close();
        if (isOurs) {
            database.close();
        }
    }
}
