package orrery.server.compute.cluster;

import orrery.kit.test.TestDatabase;

/// The organization, the project and the person that [TestDatabase#grant] speaks of.
public final class People {
    private People() {}

    public static void insert(TestDatabase test) {
        test.database().write(TestDatabase.grant(), tx -> {
            tx.handle().execute("""
                    insert into organization (id, name, display_name, owner_id, created_at,
                      updated_at)
                    values ('org_test', 'test', 'Test', 'usr_test', now(), now())
                    """);
            tx.handle().execute("""
                    insert into project (id, organization_id, name, display_name, visibility,
                      created_at, updated_at)
                    values ('prj_test', 'org_test', 'test', 'Test', 'private', now(), now())
                    """);
            tx.handle().execute("""
                    insert into iam_user (id, username, email, name, home_organization_id,
                      home_project_id, created_at, updated_at)
                    values ('usr_test', 'test', 't@example.org', 'T', 'org_test', 'prj_test',
                      now(), now())
                    """);
        });
    }
}
