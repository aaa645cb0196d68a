package orrery.server.iam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import orrery.kit.access.Permission;
import orrery.kit.access.Scope;
import orrery.server.iam.policy.Holdings.Held;
import orrery.server.iam.role.Permissions;
import orrery.server.iam.role.Role;
import orrery.server.iam.role.Predefined;

/// The compiled form against the rule as one would say it, over the predefined roles.
class HoldingsTest {
    private static final Scope ORG = Scope.organization("org_1");
    private static final List<Scope> PLACES = List.of(
            Scope.PLATFORM, ORG, Scope.project("org_1", "prj_1"), Scope.project("org_1", "prj_2"));

    @Property(tries = 3000)
    void answersWhatTheRuleSays(
            @ForAll("policies") List<Held> policies,
            @ForAll("places") Scope place,
            @ForAll("roleNames") Set<String> capped,
            @ForAll boolean cap,
            @ForAll("permissions") String permission) {
        var roles = cap ? capped : null;
        var compiled = new Holdings(policies).at(place, roles);
        assertThat(new Permission(permission).isCoveredByAny(compiled))
                .isEqualTo(naively(policies, place, roles, permission));
    }

    /// allowed = some policy at the place or above it, whose role the token has, holds a matching
    /// permission; one above a project counts there only if its role sees projects.
    private static boolean naively(
            List<Held> policies, Scope place, @Nullable Set<String> roles, String permission) {
        for (var policy : policies) {
            boolean inherits = policy.place().contains(place);
            boolean counts = roles == null || roles.contains(policy.role().name());
            boolean hidden = place.project() != null && policy.place().project() == null
                    && policy.role().level() == Role.Level.ORGANIZATION
                    && policy.role().permissions().stream().noneMatch(pattern ->
                            pattern.equals("*") || pattern.equals("org.*")
                                    || pattern.equals("org.projects.*")
                                    || pattern.equals("org.projects.get"));
            if (inherits && counts && !hidden) {
                for (var pattern : policy.role().permissions()) {
                    if (pattern.equals("*") || pattern.equals(permission)
                            || pattern.endsWith(".*") && permission.startsWith(
                                    pattern.substring(0, pattern.length() - 1))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    @Test
    void aProjectWithoutPolicyOfItsOwnInheritsFromItsOrganization() {
        var holdings = new Holdings(List.of(new Held(Predefined.OWNER, ORG)));
        assertThat(holdings.at(Scope.project("org_1", "prj_9"), null))
                .contains("compute.*");
    }

    @Test
    void aPlainMemberDoesNotKnowThePrivateProjects() {
        var holdings = new Holdings(List.of(new Held(Predefined.MEMBER, ORG)));
        assertThat(holdings.at(ORG, null)).contains("org.organizations.get");
        assertThat(holdings.at(PLACES.get(2), null)).isEmpty();
    }

    @Test
    void aRoleInOneProjectGivesNothingInItsOrganization() {
        var holdings = new Holdings(List.of(new Held(Predefined.PROJECT_ADMIN, PLACES.get(2))));
        assertThat(holdings.at(ORG, null)).isEmpty();
        assertThat(holdings.at(PLACES.get(3), null)).isEmpty();
    }

    @Provide
    Arbitrary<List<Held>> policies() {
        var held = Arbitraries.of(new ArrayList<>(Predefined.all())).flatMap(role ->
                Arbitraries.of(PLACES.stream()
                                .filter(place -> Role.levelOf(place) == role.level()).toList())
                        .map(place -> new Held(role, place)));
        return held.list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<Scope> places() {
        return Arbitraries.of(PLACES);
    }

    @Provide
    Arbitrary<Set<String>> roleNames() {
        var names = new HashSet<String>();
        Predefined.all().forEach(role -> names.add(role.name()));
        return Arbitraries.of(names).set().ofMaxSize(3);
    }

    @Provide
    Arbitrary<String> permissions() {
        return Arbitraries.of(Permissions.ALL);
    }
}
