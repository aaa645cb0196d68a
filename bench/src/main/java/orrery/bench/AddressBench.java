package orrery.bench;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
import orrery.kit.events.Events;
import orrery.kit.events.Signals;
import orrery.kit.http.Paging;
import orrery.kit.secret.Sealing;
import orrery.server.compute.address.Address;
import orrery.server.compute.address.Addresses;
import orrery.server.compute.address.NewAddress;
import orrery.server.compute.network.Network;
import orrery.server.compute.network.Networks;
import orrery.server.compute.network.NewNetwork;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;

/// Measures how fast many take addresses of one subnet at once: see README.md.
public final class AddressBench {
    private static final Access ACCESS =
            new Access((principal, scope) -> Set.of("*"), Clock.systemUTC());
    private static final int ROUNDS = 5;

    private final EmbeddedPostgres postgres;
    private final Addresses addresses;
    private final Networks networks;
    private final Grant grant;
    private final int count;
    private final int atOnce;

    private AddressBench(EmbeddedPostgres postgres, Addresses addresses, Networks networks,
            Grant grant, int count, int atOnce) {
        this.postgres = postgres;
        this.addresses = addresses;
        this.networks = networks;
        this.grant = grant;
        this.count = count;
        this.atOnce = atOnce;
    }

    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000;
        int atOnce = args.length > 1 ? Integer.parseInt(args[1]) : 64;
        try (var folders = new Folders()) {
            var folder = folders.fresh();
            try (var postgres = EmbeddedPostgres.start(folder);
                    var database = Database.open(postgres.address(), Limits.DEFAULT, "server");
                    var signals = Signals.start(
                            postgres.address(), database, ACCESS.system("bench"))) {
                var sealing = Sealing.openOrCreate(folder.resolve("sealing-key"));
                var ids = new Ids(new SecureRandom());
                var clock = Clock.systemUTC();
                var events = new Events(database, signals, ids);
                var paging = new Paging(sealing, clock);
                var grant = grant();
                database.write(grant, tx -> tx.handle().execute(PLACE));
                var regions = new Regions(database, sealing, events, clock);
                var projects = new Projects(
                        database, null, null, null, events, paging, null, ids, clock);
                var networks = new Networks(
                        database, projects, regions, events, paging, ids, clock);
                var addresses = new Addresses(
                        database, projects, regions, networks, new Quotas(database, events, clock),
                        events, paging, ids, clock);
                new AddressBench(postgres, addresses, networks, grant, count, atOnce).measure();
            }
        }
    }

    private static Grant grant() {
        var principal = new Principal(
                Principal.Kind.USER, "usr_bench", null, Scope.PLATFORM, null);
        var call = new Call(principal, "req_bench", null, null,
                Clock.systemUTC().instant().plus(Duration.ofHours(1)));
        return ACCESS.require(call, new Permission("compute.addresses.create"),
                Scope.project("org_bench", "prj_bench"));
    }

    private static final String PLACE = """
            insert into organization (id, name, display_name, owner_id, created_at, updated_at)
            values ('org_bench', 'bench', 'Bench', 'usr_bench', now(), now());
            insert into project (id, organization_id, name, display_name, visibility,
              created_at, updated_at)
            values ('prj_bench', 'org_bench', 'bench', 'Bench', 'private', now(), now());
            insert into iam_user (id, username, email, name, home_organization_id,
              home_project_id, created_at, updated_at)
            values ('usr_bench', 'bench', 'b@example.org', 'B', 'org_bench', 'prj_bench', now(),
              now());
            insert into region (code, display_name, state, host, sealed_kubeconfig, created_at,
              updated_at)
            values ('eu1', 'Europe', 'active', 'none', '', now(), now())
            """;

    private void measure() throws Exception {
        for (int round = 1; round <= ROUNDS; round++) {
            var network = networks.create(grant, "eu1", new NewNetwork(null, null, null,
                    Map.of(), "10." + round + ".0.0/16", Network.Role.CUSTOM));
            var ask = NewAddress.internal(null, null, null, network.id(), null);
            var taken = new ConcurrentLinkedQueue<Address>();
            report(round, "taken", run(() -> taken.add(addresses.allocate(grant, "eu1", ask))));
            var different = new HashSet<String>();
            taken.forEach(address -> different.add(address.ipAddress()));
            if (different.size() != count) {
                throw new IllegalStateException(count - different.size() + " were given twice");
            }
            report(round, "released", run(() -> addresses.release(
                    grant, "eu1", taken.remove().id(), OptionalLong.empty())));
        }
    }

    /// @return how long each took, sorted, in nanoseconds; the last is how long all took
    private long[] run(Runnable one) throws Exception {
        var times = new ConcurrentLinkedQueue<Long>();
        long begun = System.nanoTime();
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                all.add(threads.submit(() -> {
                    long start = System.nanoTime();
                    one.run();
                    times.add(System.nanoTime() - start);
                }));
            }
            for (var each : all) {
                each.get();
            }
        }
        times.add(System.nanoTime() - begun);
        var sorted = times.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }

    private void report(int round, String what, long[] times) {
        long all = times[times.length - 1];
        System.out.printf("round %d: %,d %s after %.2f s (%,.0f per second),"
                        + " p50 %.1f ms, p99 %.1f ms; CPU so far: this process %.1f s,"
                        + " PostgreSQL %.1f s%n",
                round, count, what, all / 1e9, count / (all / 1e9), times[count / 2] / 1e6,
                times[(int) (count * 0.99)] / 1e6, Cpu.own().toNanos() / 1e9,
                Cpu.tree(postgres.pid()).toNanos() / 1e9);
    }
}
