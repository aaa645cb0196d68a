package orrery.bench;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.db.Limits;
import orrery.kit.durable.EngineLimits;
import orrery.kit.durable.RunEngine;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.events.Signals;
import orrery.kit.secret.Sealing;

/// Measures runs of two steps, one plain and one in a transaction: see README.md.
public final class RunBench {
    private static final Duration WARM_UP = Duration.ofSeconds(60);
    private static final Access ACCESS =
            new Access((principal, scope) -> Set.of("*"), Clock.systemUTC());

    private final Map<String, CompletableFuture<Long>> done = new ConcurrentHashMap<>();
    private final EmbeddedPostgres postgres;
    private final Database database;
    private final Runs runs;
    private final Grant grant;
    private final int inFlight;

    private RunBench(EmbeddedPostgres postgres, Database database, Runs runs, int inFlight) {
        this.postgres = postgres;
        this.database = database;
        this.runs = runs;
        this.inFlight = inFlight;
        var principal = new Principal(
                Principal.Kind.USER, "usr_bench", null, Scope.PLATFORM, null);
        var call = new Call(principal, "req_bench", null, null,
                Clock.systemUTC().instant().plus(Duration.ofHours(1)));
        this.grant = ACCESS.require(call, new Permission("bench.things.change"),
                Scope.project("org_bench", "prj_bench"));
    }

    record Input(String key, int thing) {}

    private static final SagaType<Input> TYPE = new SagaType<>("bench.two-steps", Input.class);

    private final class TwoSteps implements Saga<Input> {
        @Override
        public SagaType<Input> type() {
            return TYPE;
        }

        @Override
        public void run(Steps steps, Input input) {
            int n = steps.run("plain", Integer.class, () -> input.thing() + 1);
            steps.tx("change", tx -> {
                tx.handle().execute("update thing set n = n + ? where id = ?", n, input.thing());
                tx.afterCommit(() -> done.get(input.key()).complete(System.nanoTime()));
            });
        }
    }

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(args.length > 0 ? Long.parseLong(args[0]) : 20);
        int inFlight = args.length > 1 ? Integer.parseInt(args[1]) : 16;
        try (var folders = new Folders()) {
            var folder = folders.fresh();
            try (var postgres = EmbeddedPostgres.start(folder)) {
                measure(folder, postgres, measured, inFlight);
            }
        }
    }

    private static void measure(
            Path folder, EmbeddedPostgres postgres, Duration measured, int inFlight) {
        var ids = new Ids(new SecureRandom());
        var address = postgres.address();
        try (var database = Database.open(address, Limits.DEFAULT);
                var signals = Signals.start(address, database, ACCESS.system("bench"));
                var engine = new RunEngine(database, ACCESS, signals,
                        Sealing.openOrCreate(folder.resolve("sealing-key")), ids,
                        Clock.systemUTC(), EngineLimits.DEFAULT)) {
            var bench = new RunBench(postgres, database, new Runs(database, engine), inFlight);
            engine.start(List.of(bench.new TwoSteps()));
            database.write(bench.grant, tx -> {
                tx.handle().execute("create table thing (id int primary key, n bigint)");
                tx.handle().execute(
                        "insert into thing select i, 0 from generate_series(0, 9999) i");
            });
            bench.load(WARM_UP);
            bench.report(measured);
        }
    }

    private void report(Duration measured) {
        var ownBefore = Cpu.own();
        var postgresBefore = Cpu.tree(postgres.pid());
        long start = System.nanoTime();
        var latencies = load(measured);
        double seconds = (System.nanoTime() - start) / 1e9;
        double own = Cpu.own().minus(ownBefore).toNanos() / 1e9;
        double theirs = Cpu.tree(postgres.pid()).minus(postgresBefore).toNanos() / 1e9;
        int count = latencies.length;
        System.out.printf("""
                two-step runs, %d in flight, %.0f s
                runs per second                      %,9.0f
                runs per CPU-second of this process  %,9.0f
                runs per CPU-second in all           %,9.0f
                start to done, p50                   %9.2f ms
                start to done, p99                   %9.2f ms
                CPU of this process %.1f s, of PostgreSQL %.1f s
                """, inFlight, seconds, count / seconds, count / own, count / (own + theirs),
                latencies[count / 2] / 1e6, latencies[(int) (count * 0.99)] / 1e6, own, theirs);
    }

    /// Starts runs from as many threads as may be in flight, each waiting for its own.
    ///
    /// @return the times from start to done, sorted, in nanoseconds
    private long[] load(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        var latencies = new ConcurrentLinkedQueue<Long>();
        try (var threads = Executors.newCachedThreadPool()) {
            for (int i = 0; i < inFlight; i++) {
                int thread = i;
                threads.submit(() -> {
                    for (int n = 0; System.nanoTime() < end; n++) {
                        latencies.add(one(thread + "-" + end + "-" + n,
                                (thread * 617 + n) % 10_000));
                    }
                });
            }
        }
        var sorted = latencies.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private long one(String key, int thing) {
        var finished = new CompletableFuture<Long>();
        done.put(key, finished);
        long start = System.nanoTime();
        database.tx(grant, tx -> runs.start(tx, TYPE, new Input(key, thing), null));
        long end = finished.join();
        done.remove(key);
        return end - start;
    }
}
