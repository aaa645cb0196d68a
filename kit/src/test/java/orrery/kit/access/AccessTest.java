package orrery.kit.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import orrery.kit.Problem;
import orrery.kit.db.Json;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final Clock NOON =
            Clock.fixed(Instant.parse("2026-03-24T12:00:00Z"), ZoneOffset.UTC);
    private static final Permission CREATE = new Permission("compute.clusters.create");
    private static final Scope PROJECT = Scope.project("org_1", "prj_1");

    private final Access access = new Access(
            (principal, scope) -> switch (principal.id()) {
                case "ada" -> Set.of("compute.*");
                case "bob" -> Set.of("compute.clusters.get");
                default -> Set.of();
            },
            NOON);

    @Test
    void grantsWhatAPatternCovers() {
        assertThat(access.require(callOf("ada"), CREATE, PROJECT).scope()).isEqualTo(PROJECT);
    }

    /// In a run's row it outlives the process that made it.
    @Test
    void aGrantIsReadAsItWasWritten() {
        var principal = new Principal(Principal.Kind.API_KEY, "ada", "ptk_1", PROJECT,
                Set.of("viewer"), new TokenScopes(Set.of("workspace:*"), "ada"));
        var stored = access.require(callOf("ada").as(principal, PROJECT), CREATE, PROJECT)
                .stored();
        assertThat(Json.read(Json.write(stored), Grant.Stored.class)).isEqualTo(stored);
        assertThat(Json.write(stored)).contains("{\"name\":\"compute.clusters.create\"}");
    }

    @Test
    void forbidsToThoseWhoMayKnowThePlace() {
        assertThatThrownBy(() -> access.require(callOf("bob"), CREATE, PROJECT))
                .extracting("problem").isInstanceOf(Problem.Forbidden.class);
    }

    @Test
    void hidesThePlaceFromThoseWhoMayNot() {
        assertThatThrownBy(() -> access.require(callOf("eve"), CREATE, PROJECT))
                .extracting("problem").isEqualTo(new Problem.NotFound("project", "prj_1"));
    }

    @Test
    void asksANobodyToSignIn() {
        var nobody = new Call(Principal.ANONYMOUS, "req_1", null, null, NOON.instant());
        assertThatThrownBy(() -> access.require(nobody, CREATE, PROJECT))
                .extracting("problem").isInstanceOf(Problem.Unauthenticated.class);
    }

    @Test
    void patternsEndAtSegments() {
        assertThat(CREATE.isCoveredBy("compute.clusters.*")).isTrue();
        assertThat(CREATE.isCoveredBy("compute.cluster*")).isFalse();
        assertThat(CREATE.isCoveredBy("compute.clu.*")).isFalse();
        assertThat(CREATE.isCoveredBy("*")).isTrue();
    }

    private static Call callOf(String user) {
        var principal = new Principal(Principal.Kind.USER, user, null, Scope.PLATFORM, null);
        return new Call(principal, "req_1", null, null, NOON.instant());
    }
}
