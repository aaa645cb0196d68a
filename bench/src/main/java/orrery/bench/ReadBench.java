package orrery.bench;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import orrery.kit.db.Address;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.secret.Sealing;

/// Measures reads of one cluster and of lists beside many others: see README.md.
public final class ReadBench {
    private static final Duration WARM_UP = Duration.ofSeconds(40);
    private static final int ROUNDS = 3;
    private static final String REGION = "eu1";
    private static final int PAGE = 50;

    /// They exist in the database alone, in a region that is switched off: what is measured asks
    /// no management cluster.
    private static final String ROWS = """
            insert into region (code, display_name, state, host, sealed_kubeconfig, created_at,
              updated_at)
            values ('eu1', 'Europe', 'disabled', 'eu1.example', '\\x00', now(), now());
            insert into organization (id, name, display_name, owner_id, created_at, updated_at)
            select 'org_' || lpad(o::text, 26, '0'), 'bench-' || o, 'Bench ' || o, u.id,
              now(), now()
            from generate_series(1, :organizations) o, (select min(id) id from iam_user) u;
            insert into project (id, organization_id, name, display_name, visibility, created_at,
              updated_at)
            select 'prj_' || lpad(o::text, 26, '0'), 'org_' || lpad(o::text, 26, '0'),
              'bench', 'Bench', 'private', now(), now()
            from generate_series(1, :organizations) o;
            insert into cluster (id, organization_id, project_id, region, name, labels, origin,
              state, kubernetes_version, template, node_pools, created_by, created_at, updated_at)
            select 'cls_' || lpad(c::text, 26, '0'), p.organization_id, p.id, 'eu1',
              'cluster-' || c, '{"tier": "web"}', 'provisioned', 'running', 'v1.36.3',
              'standalone-1', '[{"id": "np_1", "name": "control-plane", "role": "control-plane",
                "nodeCount": 1, "readyCount": 1}, {"id": "np_2", "name": "workers",
                "role": "worker", "nodeCount": 3, "readyCount": 3}]', 'usr_nobody',
              now() - c * interval '1 second', now()
            from generate_series(1, :organizations * :each) c
              join project p on p.id = 'prj_' || lpad((c / :each + 1)::text, 26, '0');
            insert into cluster (id, organization_id, project_id, region, name, labels, origin,
              state, kubernetes_version, template, node_pools, created_by, created_at, updated_at)
            select 'cls_' || lpad((900000 + c)::text, 26, '0'), p.organization_id, p.id, 'eu1',
              'mine-' || c, '{"tier": "web"}', 'provisioned', 'running', 'v1.36.3',
              'standalone-1', '[{"id": "np_1", "name": "workers", "role": "worker",
                "nodeCount": 3, "readyCount": 3}]', 'usr_nobody',
              now() - c * interval '1 minute', now()
            from generate_series(1, 60) c join project p on p.id = ':project';
            analyze;
            """;

    private final User user;
    private final Load load;
    private final Duration measured;

    private ReadBench(User user, int clients, Duration measured) {
        this.user = user;
        this.load = new Load(user.http(), clients);
        this.measured = measured;
    }

    public static void main(String[] args) throws Exception {
        var measured = Duration.ofSeconds(number(args, 0, 15));
        int clients = number(args, 1, 2);
        int organizations = number(args, 2, 1000);
        int each = number(args, 3, 10);
        try (var folders = new Folders();
                var postgres = EmbeddedPostgres.start(folders.fresh().resolve("postgres"))) {
            var address = postgres.address();
            var key = folders.fresh().resolve("sealing-key");
            Sealing.openOrCreate(key);
            var settings = new HashMap<>(OrreryTokens.UNLIMITED);
            settings.put("ORRERY_DATABASE_URL", address.url().replaceFirst("^jdbc:postgresql://",
                    "postgresql://" + address.user() + ":" + address.password() + "@"));
            settings.put("ORRERY_SEALING_KEY_FILE", key.toString());
            try (var server = Server.start(folders.fresh(), settings, "--no-sim")) {
                var user = User.register(server);
                var project = user.project(user.organization("bench-works"), "bench");
                fill(address, project, organizations, each);
                new ReadBench(user, clients, measured).measure(project);
            }
        }
    }

    private static int number(String[] args, int at, int otherwise) {
        return args.length > at ? Integer.parseInt(args[at]) : otherwise;
    }

    private static void fill(Address address, String project, int organizations,
            int each) throws SQLException {
        try (var connection = DriverManager.getConnection(
                address.url(), address.user(), address.password());
                var statement = connection.createStatement()) {
            statement.execute(ROWS.replace(":organizations", String.valueOf(organizations))
                    .replace(":each", String.valueOf(each)).replace(":project", project));
        }
    }

    private void measure(String project) throws Exception {
        var clusters = "/v1/regions/" + REGION + "/projects/" + project + "/compute/clusters";
        var asked = List.of("/api/v1/healthcheck", clusters + "/cls_" + "%026d".formatted(900_001),
                clusters + "?pageSize=" + PAGE,
                "/v1/regions/global/compute/clusters?pageSize=" + PAGE,
                "/v1/regions/global/compute/clusters?pageSize=" + PAGE + "&sort=name");
        for (var path : asked) {
            send(path, WARM_UP);
        }
        System.out.println("requests per CPU-second of the server, p50, p99");
        for (int round = 0; round < ROUNDS; round++) {
            for (var path : asked) {
                var before = Cpu.alone(user.server().pid());
                var times = send(path, measured);
                double own = Cpu.alone(user.server().pid()).minus(before).toNanos() / 1e9;
                System.out.printf("  %,8.0f %7.2f ms %7.2f ms  GET %s%n", times.count() / own,
                        times.at(0.5), times.at(0.99), path.replace(project, "…"));
            }
        }
    }

    private Load.Times send(String path, Duration time) throws Exception {
        return load.send(user.request(path).build(), time,
                body -> body.contains("\"cls_") || path.endsWith("healthcheck"));
    }
}
