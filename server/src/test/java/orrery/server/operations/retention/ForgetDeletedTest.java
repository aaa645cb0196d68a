package orrery.server.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import orrery.kit.durable.LoopRound;
import orrery.kit.kube.Fence;
import orrery.kit.test.TestDatabase;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/// What is left of what was deleted.
class ForgetDeletedTest {
    @AutoClose
    static final TestDatabase DB = TestDatabase.create("server");

    @Test
    void whatWasDeletedAMonthAgoGoesWithItsPartsUnlessOthersPointAtIt() {
        var grant = TestDatabase.ACCESS.system("test");
        DB.database().write(grant, tx -> tx.handle().execute("""
                insert into organization (id, name, display_name, owner_id, created_at,
                  updated_at, deleted_at)
                values ('org_old', 'old', 'Old', 'usr_1', now(), now(), now() - interval '40 days');
                insert into project (id, organization_id, name, display_name, visibility,
                  created_at, updated_at, deleted_at)
                select 'prj_' || name, 'org_old', name, name, 'private', now(), now(),
                  now() - interval '40 days'
                from unnest(array['home', 'empty', 'used']) as name;
                insert into iam_user (id, username, email, name, home_organization_id,
                  home_project_id, created_at, updated_at)
                values ('usr_1', 'u', 'u@example.org', 'U', 'org_old', 'prj_home', now(), now());
                insert into region (code, display_name, state, host, sealed_kubeconfig,
                  created_at, updated_at)
                values ('eu1', 'Europe', 'active', 'none', '', now(), now());
                insert into network (id, organization_id, project_id, region, name, cidr, role,
                  state, created_by, created_at, updated_at, deleted_at)
                select 'net_' || name, 'org_old', 'prj_used', 'eu1', name, '10.1.0.0/16',
                  'custom', 'deleted', 'usr_1', now(), now(), now() - age::interval
                from (values ('old', '31 days'), ('young', '29 days'), ('live', null))
                  as n (name, age);
                insert into network_use values ('net_old', 'cluster', 'cls_1');
                insert into subnet (id, organization_id, project_id, region, name, role,
                  network_id, ipv4_cidr, created_by, created_at, updated_at, deleted_at)
                select 'sub_' || id, organization_id, project_id, region, name, 'internal', id,
                  cidr, 'usr_1', now(), now(), deleted_at
                from network;
                insert into address_range values ('sub_net_old', '10.1.0.2', '10.1.0.9')
                """));
        forget();
        assertThat(ids("network")).containsExactly("net_live", "net_young");
        assertThat(ids("subnet")).containsExactly("sub_net_live", "sub_net_young");
        assertThat(ids("project")).as("somebody lives in one, networks are in another")
                .contains("prj_home", "prj_used").doesNotContain("prj_empty");
        assertThat(ids("organization")).contains("org_old");
    }

    @Test
    void whatRanGoesWithItsRunsOnceNothingOfItIsLeft() {
        DB.database().write(TestDatabase.ACCESS.system("test"), tx -> tx.handle().execute("""
                insert into diagram (id, owner, organization, project, name, description, cluster,
                  status, tags, nodes, edges, created_at, updated_at, deleted_at)
                select name, 'usr_1', 'org_1', 'prj_1', name, '', 'here', 'deployed', '[]', '[]',
                  '[]', now(), now(), now() - interval '31 days'
                from unnest(array['dgr_ran', 'dgr_left']) as name;
                insert into diagram_run (id, diagram, version, node_states, logs, created_at)
                select 'run_' || id, id, 1, '{}', '[]', now() from diagram;
                insert into diagram_secret values ('dgr_ran', 'node', '');
                insert into diagram_object values ('dgr_left', 'cls_1', 'v1', 'Secret', 'default',
                  'left', 'node', 1);
                insert into organization (id, name, display_name, owner_id, created_at, updated_at)
                values ('org_1', 'one', 'One', 'usr_2', now(), now());
                insert into project (id, organization_id, name, display_name, visibility,
                  created_at, updated_at)
                values ('prj_1', 'org_1', 'one', 'One', 'private', now(), now());
                insert into iam_user (id, username, email, name, home_organization_id,
                  home_project_id, created_at, updated_at)
                values ('usr_2', 'v', 'v@example.org', 'V', 'org_1', 'prj_1', now(), now());
                insert into region (code, display_name, state, host, sealed_kubeconfig,
                  created_at, updated_at)
                values ('eu2', 'Europe', 'active', 'none', '', now(), now());
                insert into stack (id, name, kind, spec, state, created_by, created_at, updated_at,
                  deleted_at)
                values ('stk_1', 's', 'cluster', '{}', 'deleted', 'usr_2', now(), now(),
                  now() - interval '31 days');
                insert into deploy (id, organization_id, project_id, region, name, stack_id,
                  replicas, state, created_by, created_at, updated_at, deleted_at)
                values ('dep_1', 'org_1', 'prj_1', 'eu2', 'd', 'stk_1', 1, 'deleted', 'usr_2',
                  now(), now(), now() - interval '31 days');
                insert into deploy_resource values ('dep_1', 1, 'cluster', 'cls_1')
                """));
        forget();
        assertThat(ids("diagram")).as("what is left on a cluster may still be taken away")
                .containsExactly("dgr_left");
        assertThat(ids("diagram_run")).containsExactly("run_dgr_left");
        assertThat(ids("deploy")).isEmpty();
        assertThat(ids("stack")).isEmpty();
    }

    /// A row goes in the round after those that point at it, at the latest.
    private static void forget() {
        var loop = new ForgetDeleted(DB.database(), Clock.systemUTC());
        for (int i = 0; i < 2; i++) {
            loop.round(new LoopRound(TestDatabase.ACCESS.system("test"),
                    new Fence("loop test", 1, () -> true)));
        }
    }

    private static List<String> ids(String table) {
        return DB.database().read(TestDatabase.grant(), tx -> tx.handle()
                .createQuery("select id from " + table + " order by id")
                .mapTo(String.class).list());
    }
}
