package orrery.server.compute.address;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.OptionalLong;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.test.TestDatabase;
import orrery.kit.test.TestProcess;
import orrery.server.compute.network.Network;
import orrery.server.compute.network.Networks;
import orrery.server.compute.network.NewNetwork;
import orrery.server.compute.subnet.Subnets;
import orrery.server.tenancy.project.Projects;
import orrery.server.tenancy.quota.Quota;
import orrery.server.tenancy.quota.Quotas;
import orrery.server.tenancy.region.Regions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/// Networks, subnets and addresses on a real database: without HTTP, identity and Kubernetes.
final class AddressWorld implements AutoCloseable {
    static final String REGION = "eu1";
    static final Grant GRANT = TestDatabase.grant();
    static final Scope PROJECT = GRANT.scope();

    final TestDatabase test = TestDatabase.create("server");
    final TestProcess process = new TestProcess(test.address(), TestProcess.LIMITS);
    final Ids ids = new Ids(new SecureRandom());
    final Networks networks;
    final Subnets subnets;
    final Quotas quotas;
    final Addresses addresses;

    AddressWorld() {
        test.database().write(GRANT, tx -> {
            tx.handle().execute("""
                    insert into organization (id, name, display_name, owner_id, created_at,
                      updated_at)
                    values ('org_test', 'test', 'Test', 'usr_test', now(), now());
                    insert into project (id, organization_id, name, display_name, visibility,
                      created_at, updated_at)
                    values ('prj_test', 'org_test', 'test', 'Test', 'private', now(), now());
                    insert into iam_user (id, username, email, name, home_organization_id,
                      home_project_id, created_at, updated_at)
                    values ('usr_test', 'test', 't@example.org', 'T', 'org_test', 'prj_test',
                      now(), now());
                    insert into region (code, display_name, state, host, sealed_kubeconfig,
                      created_at, updated_at)
                    values ('eu1', 'Europe', 'active', 'none', '', now(), now())
                    """);
        });
        var clock = Clock.systemUTC();
        var database = test.database();
        var events = process.events();
        var paging = TestProcess.paging();
        var regions = new Regions(database, TestProcess.sealing(), events, clock);
        var projects = new Projects(
                database, null, null, null, events, paging, null, ids, clock);
        networks = new Networks(database, projects, regions, events, paging, ids, clock);
        subnets = new Subnets(
                database, projects, regions, networks, events, paging, ids, clock);
        quotas = new Quotas(database, events, clock);
        addresses = new Addresses(
                database, projects, regions, networks, quotas, events, paging, ids, clock);
    }

    /// How many addresses the project has, as its quota counts them.
    long used() {
        return quotas.get(GRANT).used().addressCount();
    }

    /// @param addresses how many the project may have; `null` for no limit
    void limit(Long addresses) {
        quotas.change(GRANT, old -> new Quota.Limits(null, null, null, null, null, addresses),
                OptionalLong.empty());
    }

    Network network(String name, String cidr) {
        return networks.create(GRANT, REGION, new NewNetwork(
                name, null, null, Map.of(), cidr, Network.Role.CUSTOM));
    }

    Address allocate(Network network) {
        return addresses.allocate(GRANT, REGION, NewAddress.internal(
                null, null, null, network.id(), null));
    }

    Address allocate(Network network, String address) {
        return addresses.allocate(GRANT, REGION, NewAddress.internal(
                null, address, null, network.id(), null));
    }

    static Problem refusal(ThrowingCallable call) {
        var failure = catchThrowableOfType(Problem.Failure.class, call);
        if (failure == null) {
            throw new AssertionError("it was not refused");
        }
        return failure.problem();
    }

    @Override
    public void close() {
        process.close();
        test.close();
    }
}
