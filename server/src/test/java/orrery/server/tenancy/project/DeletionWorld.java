package orrery.server.tenancy.project;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Tx;
import orrery.kit.durable.Runs;
import orrery.kit.durable.Saga;
import orrery.kit.durable.SagaType;
import orrery.kit.durable.Steps;
import orrery.kit.events.Signals;
import orrery.kit.events.Subject;
import orrery.kit.kube.Fence;
import orrery.kit.kube.Kind;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.Beans;
import orrery.server.compute.address.Addresses;
import orrery.server.compute.address.NewAddress;
import orrery.server.compute.cluster.SimulatedWorld;
import orrery.server.compute.network.Network;
import orrery.server.compute.network.Networks;
import orrery.server.compute.network.NewNetwork;
import orrery.server.compute.subnet.Subnets;
import orrery.server.iam.policy.Policies;
import orrery.server.tenancy.organization.Organizations;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.ProjectNamespace;
import orrery.server.tenancy.region.Regions;

/// A project with networks and addresses in it and something that goes by a run, its namespace on
/// the simulated region, and its organization.
public final class DeletionWorld implements AutoCloseable {
    public static final String PROJECT = "prj_test";
    public static final String ORGANIZATION = "org_test";
    public static final Grant GRANT = TestDatabase.grant();
    private static final String REGION = "sim1";

    public final SimulatedWorld world = new SimulatedWorld();
    public final Organizations organizations;
    public final Projects projects;
    public final ProjectDeletions deletions;
    private final Signals signals;
    private final Regions regions;
    private final Networks networks;
    private final Addresses addresses;

    /// What is in the project and goes by a run.
    private record Things(Runs runs) implements Contents {
        record Input(String project) {}

        static final SagaType<Input> TYPE = new SagaType<>("thing.delete", Input.class);

        @Override
        public List<String> of(Tx tx, Scope project) {
            return tx.handle().createQuery("select 'thing/' || id from thing")
                    .mapTo(String.class).list();
        }

        @Override
        public Layer layer() {
            return Layer.MACHINES;
        }

        @Override
        public List<String> clear(Tx tx, Scope project) {
            return List.of(runs.start(tx, TYPE, new Input(project.requireProject()),
                    new Subject("thing", "one"), project));
        }
    }

    private static final class DeleteThing implements Saga<Things.Input> {
        @Override
        public SagaType<Things.Input> type() {
            return Things.TYPE;
        }

        @Override
        public void run(Steps steps, Things.Input in) {
            steps.tx("delete", tx -> tx.handle().execute("delete from thing"));
        }
    }

    public DeletionWorld() {
        var test = world.test;
        var database = test.database();
        var events = world.process.events();
        var clock = world.clock;
        signals = Signals.start(test.address(), database, TestDatabase.ACCESS.system("test"));
        var policies = new Policies(signals.epochs(), events, world.ids, clock);
        organizations = new Organizations(database, policies, null, TestDatabase.ACCESS,
                Beans.of(List.of()), signals.epochs(), events, TestProcess.paging(), world.ids,
                clock);
        regions = new Regions(database, TestProcess.sealing(), events, clock);
        projects = new Projects(database, organizations, policies, signals.epochs(), events,
                TestProcess.paging(), Beans.of(List.of()), world.ids, clock);
        networks = new Networks(database, projects, regions, events, TestProcess.paging(),
                world.ids, clock);
        var subnets = new Subnets(database, projects, regions, networks, events,
                TestProcess.paging(), world.ids, clock);
        addresses = new Addresses(database, projects, regions, networks,
                new Quotas(database, events, clock), events, TestProcess.paging(), world.ids,
                clock);
        deletions = new ProjectDeletions(database, projects, Beans.of(List.of(
                networks, subnets, addresses, new Things(world.process.runs()))),
                Beans.of(List.of(policies)), world.process.runs());
        database.write(GRANT, tx -> tx.handle().execute("create table thing (id text)"));
    }

    /// Sagas that delete what is in projects.
    public Saga<?>[] sagas() {
        return new Saga<?>[] {deleting(), new DeleteThing()};
    }

    DeleteProject deleting() {
        return new DeleteProject(deletions, regions, world.clients);
    }

    static Saga<?> deletingThings() {
        return new DeleteThing();
    }

    /// Puts everything back, whatever an earlier run has left.
    public void fill() {
        world.test.database().write(GRANT, tx -> {
            tx.handle().execute("""
                    update project set deleted_at = null, state = 'active', deletion = null;
                    update organization set deleted_at = null, state = 'active', deletion = null;
                    delete from thing;
                    insert into thing values ('one');
                    insert into policy (id, role, principal_kind, principal_id, organization_id,
                      project_id, created_by, created_at)
                    values ('pol_' || gen_random_uuid(), 'project:viewer', 'user', 'usr_test',
                      'org_test', 'prj_test', 'usr_test', now())
                    on conflict do nothing
                    """);
        });
        if (isEmpty(networks)) {
            networks.create(GRANT, REGION, new NewNetwork("net", null, null, Map.of(),
                    "10.1.0.0/24", Network.Role.CUSTOM));
        }
        if (isEmpty(addresses)) {
            for (int i = 0; i < 3; i++) {
                addresses.allocate(GRANT, REGION, NewAddress.internal(
                        null, null, null, "net", null));
            }
        }
        if (!hasNamespace()) {
            world.clients.writer(regions.target(GRANT, REGION),
                    new Fence("run_test", 1, () -> true))
                    .ensure(ProjectNamespace.object(PROJECT, ORGANIZATION));
        }
    }

    private boolean isEmpty(Contents some) {
        return world.test.database().read(GRANT, tx -> some.of(tx, GRANT.scope())).isEmpty();
    }

    /// What of the project is still anywhere.
    public List<String> left() {
        return world.test.database().read(GRANT, tx -> {
            var left = new ArrayList<>(deletions.live(tx, GRANT.scope()));
            left.addAll(tx.handle().createQuery("""
                    select 'policy/' || id from policy where project_id = 'prj_test'
                    union all
                    select 'project/' || id from project where deleted_at is null
                    union all
                    select 'reserved/' || id from quota_reservation where id <> :standing
                    """).bind("standing", world.cluster).mapTo(String.class).list());
            if (hasNamespace()) {
                left.add("namespace");
            }
            return left;
        });
    }

    /// The run that the project says deletes it; empty for none.
    public String deletion() {
        return world.test.database().read(GRANT, tx -> projects.byId(tx, PROJECT))
                .flatMap(it -> Optional.ofNullable(it.deletion())).orElse("");
    }

    private boolean hasNamespace() {
        return world.view().find(Kind.NAMESPACE, null, ProjectNamespace.name(PROJECT))
                .isPresent();
    }

    @Override
    public void close() {
        signals.close();
        world.close();
    }
}
