package orrery.server.iam.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Permission;

class PredefinedTest {
    @Test
    void everyPermissionIsOneThatTheKitAccepts() {
        assertThat(Permissions.ALL).allSatisfy(Permission::new).hasSizeGreaterThan(150);
    }

    @Test
    void onlyOwnersTearDown() {
        assertThat(may(Predefined.OWNER, "org.organizations.delete")).isTrue();
        assertThat(may(Predefined.ADMIN, "org.organizations.delete")).isFalse();
        assertThat(may(Predefined.ADMIN, "org.admins.delete")).isFalse();
        assertThat(may(Predefined.ADMIN, "org.projects.delete")).isTrue();
    }

    @Test
    void membersOfAnOrganizationSeeItAndNothingInItsProjects() {
        assertThat(may(Predefined.MEMBER, "org.organizations.get")).isTrue();
        assertThat(may(Predefined.MEMBER, "compute.clusters.list")).isFalse();
        assertThat(may(Predefined.MEMBER, "org.projects.get")).isFalse();
    }

    @Test
    void viewersChangeNothing() {
        assertThat(Predefined.VIEWER.permissions()).isNotEmpty()
                .allSatisfy(name -> assertThat(name).matches(".*\\.(list|get)"));
        assertThat(may(Predefined.VIEWER, "compute.clusters.get")).isTrue();
        assertThat(may(Predefined.VIEWER, "workspace.credentials.get")).isFalse();
    }

    @Test
    void theInsideOfTheProviderIsForOperators() {
        var outside = Predefined.all().stream()
                .filter(role -> role.level() != Role.Level.PLATFORM).toList();
        assertThat(outside).noneMatch(role -> may(role, "infrastructure.servers.list"))
                .noneMatch(role -> may(role, "org.organizations.create"))
                .noneMatch(role -> may(role, "iam.users.impersonate"))
                .noneMatch(role -> may(role, "org.quotas.update"))
                .noneMatch(role -> may(role, "billing.prices.update"));
    }

    @Test
    void theProvidersRolesFollowTheirMatrix() {
        var byName = Predefined.all().stream().filter(r -> r.level() == Role.Level.PLATFORM)
                .collect(Collectors.toMap(Role::name, Function.identity()));
        assertThat(may(byName.get("super_admin"), "platform.settings.update")).isTrue();
        assertThat(may(byName.get("provider_admin"), "iam.users.impersonate")).isTrue();
        assertThat(may(byName.get("provider_operator"), "compute.clusters.delete")).isTrue();
        assertThat(may(byName.get("provider_operator"), "org.organizations.create")).isFalse();
        assertThat(may(byName.get("provider_revenue"), "billing.prices.update")).isTrue();
        assertThat(may(byName.get("provider_revenue"), "compute.clusters.delete")).isFalse();
        assertThat(may(byName.get("support"), "audit.events.list")).isTrue();
        assertThat(may(byName.get("support"), "billing.invoices.list")).isFalse();
    }

    private static boolean may(Role role, String permission) {
        return role.permissions().stream().anyMatch(new Permission(permission)::isCoveredBy);
    }
}
