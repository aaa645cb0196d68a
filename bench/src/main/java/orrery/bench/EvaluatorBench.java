package orrery.bench;

import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Permission;
import orrery.kit.access.Principal;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.EmbeddedPostgres;
import orrery.kit.db.Limits;
import orrery.kit.events.Signals;
import orrery.server.iam.policy.Evaluator;

/// Measures permission checks in one process: see README.md.
public final class EvaluatorBench {
    /// Of each organization: people, projects and policies.
    private static final int PEOPLE = 5;
    private static final int PROJECTS = 5;
    private static final int POLICIES = 50;

    private static final int ROUNDS = 5;
    private static final int AT_ONCE = 512;
    private static final List<Permission> PERMISSIONS = List.of(
            new Permission("compute.clusters.create"), new Permission("compute.clusters.get"),
            new Permission("org.members.list"), new Permission("studio.diagrams.update"),
            new Permission("iam.policies.create"), new Permission("workspace.workspaces.list"));

    private final Random random = new Random(7);
    private final Access access;

    private record Question(Call call, Permission permission, Scope place) {}

    private EvaluatorBench(Access access) {
        this.access = access;
    }

    public static void main(String[] args) throws Exception {
        int organizations = args.length > 0 ? Integer.parseInt(args[0]) : 10_000;
        var measured = Duration.ofSeconds(args.length > 1 ? Long.parseLong(args[1]) : 5);
        try (var folders = new Folders();
                var postgres = EmbeddedPostgres.start(folders.fresh());
                var database = Database.open(postgres.address(), Limits.DEFAULT, "server")) {
            var system = new Access((principal, scope) -> Set.of("*"), Clock.systemUTC())
                    .system("bench");
            var fill = FILL.formatted(organizations, PROJECTS, PEOPLE, POLICIES);
            database.write(system, tx -> {
                for (var statement : fill.split(";")) {
                    tx.handle().execute(statement);
                }
            });
            database.write(system, tx -> tx.handle().execute("analyze"));
            try (var signals = Signals.start(postgres.address(), database, system)) {
                new EvaluatorBench(new Access(
                        new Evaluator(database, signals.epochs(), Clock.systemUTC()),
                        Clock.systemUTC())).measure(organizations, measured);
            }
        }
    }

    /// Half of the policies are for people, half for groups that they are in; for the whole
    /// organization, for projects and for single clusters. The first organization has as many
    /// people and policies as all others together.
    private static final String FILL = """
            create temporary table o as select 'org_' || n as id, n,
                    case n when 0 then %1$d * %3$d else %3$d end as people
                from generate_series(0, %1$d) n;
            create temporary table p as select 'prj_' || n || '_' || i as id, o.id as org, i
                from o, generate_series(1, %2$d) i;
            create temporary table u as select 'usr_' || n || '_' || i as id, o.id as org, n, i
                from o, generate_series(1, people) i;
            insert into organization (id, name, display_name, owner_id, created_at, updated_at)
                select id, id, id, 'usr_' || n || '_1', now(), now() from o;
            insert into project (id, organization_id, name, display_name, visibility,
                                 created_at, updated_at)
                select id, org, id, id, 'private', now(), now() from p;
            insert into iam_user (id, username, email, name, home_organization_id,
                                  home_project_id, created_at, updated_at)
                select id, id, id, id, org, 'prj_' || n || '_1', now(), now() from u;
            insert into member (organization_id, user_id, created_at, updated_at)
                select org, id, now(), now() from u;
            insert into iam_group (id, organization_id, name, display_name, created_at,
                                   updated_at)
                select 'grp_' || n || '_' || i, 'org_' || n, 'g' || i, 'G', now(), now()
                from o, generate_series(1, people) i;
            insert into group_member (id, group_id, organization_id, user_id, added_by,
                                      created_at)
                select 'mbr_' || n || '_' || i, 'grp_' || n || '_' || i, org, id, id, now()
                from u;
            insert into policy (id, role, principal_kind, principal_id, organization_id,
                                project_id, resource_id, created_by, created_at)
                select 'pol_' || n || '_' || k,
                       case when k < people then 'organization:member'
                            when k %% 3 = 0 then 'project:member' else 'project:viewer' end,
                       case when k %% 2 = 0 then 'user' else 'group' end,
                       case when k %% 2 = 0 then 'usr_' else 'grp_' end
                           || n || '_' || (k %% people + 1),
                       id,
                       case when k < people then null
                            else 'prj_' || n || '_' || (k / people %% %2$d + 1) end,
                       case when k >= people and k %% 7 = 6 then 'cls_' || n || '_' || k end,
                       'bench', now()
                from o, generate_series(0, people * %4$d / %3$d - 1) k
                on conflict do nothing
            """;

    private void measure(int organizations, Duration measured) {
        int people = organizations * PEOPLE;
        var first = System.nanoTime();
        for (int i = 0; i < people; i++) {
            ask(question(0, i + 1));
            ask(question(i / PEOPLE + 1, i % PEOPLE + 1));
        }
        System.out.printf("read once: %,d people in %.1f s%n", 2 * people,
                (System.nanoTime() - first) / 1e9);
        for (int round = 1; round <= ROUNDS; round++) {
            double small = rate(measured, () -> question(1, 1 + random.nextInt(PEOPLE)));
            double big = rate(measured, () -> question(0, 1 + random.nextInt(people)));
            double many = rate(measured, () -> question(
                    1 + random.nextInt(organizations), 1 + random.nextInt(PEOPLE)));
            System.out.printf("""
                    round %d: checks per CPU-second
                      one organization, %,6d people    %,12.0f
                      one organization, %,6d people    %,12.0f
                      %,6d organizations of %d people   %,12.0f (%.2f of the line above)
                    """, round, PEOPLE, small, people, big, organizations, PEOPLE, many,
                    many / big);
        }
    }

    private double rate(Duration measured, Supplier<Question> ask) {
        var threads = ManagementFactory.getThreadMXBean();
        long end = System.nanoTime() + measured.toNanos();
        long used = 0;
        long asked = 0;
        long allowed = 0;
        while (System.nanoTime() < end) {
            // As a request brings them: made just before, of strings of its own.
            var questions = new ArrayList<Question>();
            for (int i = 0; i < AT_ONCE; i++) {
                questions.add(ask.get());
            }
            long before = threads.getCurrentThreadCpuTime();
            for (var question : questions) {
                allowed += ask(question) ? 1 : 0;
            }
            used += threads.getCurrentThreadCpuTime() - before;
            asked += questions.size();
        }
        if (allowed == 0 || allowed == asked) {
            throw new IllegalStateException("all questions had one answer");
        }
        return asked / (used / 1e9);
    }

    private Question question(int organization, int person) {
        var call = new Call(new Principal(Principal.Kind.USER,
                "usr_" + organization + "_" + person, null, Scope.PLATFORM, null), "req_bench",
                null, null, Instant.MAX);
        return new Question(call, PERMISSIONS.get(random.nextInt(PERMISSIONS.size())),
                Scope.project("org_" + organization,
                        "prj_" + organization + "_" + (random.nextInt(PROJECTS) + 1)));
    }

    private boolean ask(Question question) {
        return access.allows(question.call(), question.permission(), question.place());
    }
}
