package orrery.server.tenancy.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.events.Subject;
import orrery.server.Residents;
import orrery.server.Visitor;
import orrery.server.tenancy.project.TenancyTest;

/// How much organizations and projects may have, and that nobody gets more.
@QuarkusTest
@TestProfile(TenancyTest.Server.class)
class QuotasTest {
    private static final String GLOBAL = "/v1/regions/global";
    private static final String ORGANIZATIONS = GLOBAL + "/organizations";
    private static final String PROJECTS = GLOBAL + "/projects";

    @TestHTTPResource
    URI server;

    @Inject
    Quotas quotas;

    @Inject
    Database database;

    @Inject
    Access access;

    @Test
    void withoutLimitsThereIsNone() {
        var seen = operator().get(ORGANIZATIONS + "/" + organization() + "/quotas");
        assertThat(seen.json().at("/data/clusterCount").isNull()).isTrue();
        assertThat(seen.json().at("/data/usage/clusterCount").asLong(-1)).isZero();
        assertThat(seen.header("ETag")).isEqualTo("\"1\"");
        assertThat(operator().get(seen.text("/data/selfLink")).status()).isEqualTo(200);
    }

    @Test
    void limitsAreSetAndTakenAway() {
        var path = ORGANIZATIONS + "/" + organization() + "/quotas";
        var set = operator().with("If-Match", "\"1\"").patch(path,
                Map.of("gpuCount", 8, "clusterCount", 3));
        assertThat(set.json().at("/data/gpuCount").asLong()).isEqualTo(8);
        assertThat(operator().with("If-Match", "\"1\"").patch(path, Map.of("gpuCount", 9))
                .status()).isEqualTo(412);
        var cleared = operator().patch(path, "{\"gpuCount\":null}");
        assertThat(cleared.json().at("/data/gpuCount").isNull()).isTrue();
        assertThat(cleared.json().at("/data/clusterCount").asLong()).isEqualTo(3);
        var negative = operator().patch(path, Map.of("gpuCount", -1, "ramGb", -1));
        assertThat(negative.status()).isEqualTo(400);
        assertThat(negative.json().at("/error/details/fields").propertyStream()
                .map(it -> it.getKey())).containsExactlyInAnyOrder("gpuCount", "ramGb");
        assertThat(operator().patch(path, "{}").status()).isEqualTo(400);
    }

    @Test
    void operatorsSetLimitsOfOrganizationsAndTheirAdminsThoseOfProjects() {
        var own = Residents.of(server).organization();
        var admin = Residents.of(server).member("quota-admin");
        operator().patch(ORGANIZATIONS + "/" + own + "/members/" + Residents.id(admin),
                Map.of("role", "admin"));
        var path = ORGANIZATIONS + "/" + own + "/quotas";
        assertThat(admin.get(path).status()).isEqualTo(200);
        assertThat(admin.patch(path, Map.of("gpuCount", 1)).status()).isEqualTo(403);
        var project = PROJECTS + "/" + project(own) + "/quotas";
        operator().patch(path, Map.of("storageTb", 10));
        var beyond = admin.patch(project, Map.of("storageTb", 11));
        assertThat(beyond.status()).isEqualTo(422);
        assertThat(beyond.text("/error/details/fields/storageTb")).contains("organization's, 10");
        assertThat(admin.patch(project, Map.of("storageTb", 10)).status()).isEqualTo(200);
        operator().patch(path, "{\"storageTb\":null}");

        var member = Residents.of(server).member("quota-member");
        assertThat(member.get(path).status()).isEqualTo(200);
        assertThat(member.patch(path, Map.of("gpuCount", 1)).status()).isEqualTo(403);
        assertThat(member.get(project).status()).as("a private project").isEqualTo(404);
        assertThat(member.patch(project, Map.of("gpuCount", 1)).status()).isEqualTo(404);
        var home = PROJECTS + "/" + member.get(GLOBAL + "/auth/me").text("/data/projectId");
        assertThat(member.patch(home + "/quotas", Map.of("gpuCount", 1)).status())
                .as("who administers a project does not limit it").isEqualTo(403);
        var foreign = ORGANIZATIONS + "/" + organization() + "/quotas";
        assertThat(admin.get(foreign).status()).isEqualTo(404);
        assertThat(admin.patch(foreign, Map.of("gpuCount", 1)).status()).isEqualTo(403);
    }

    @Test
    void ofTwentyAtOnceFiveGetWhatIsThere() throws Exception {
        var organization = organization();
        var place = Scope.project(organization, project(organization));
        var path = ORGANIZATIONS + "/" + organization + "/quotas";
        operator().patch(path, Map.of("clusterCount", 5));
        var subjects = IntStream.range(0, 20)
                .mapToObj(it -> new Subject("cluster", organization + it)).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var given = threads.invokeAll(subjects.stream()
                            .map(it -> (Callable<Boolean>) () -> reserve(place, it)).toList())
                    .stream().map(it -> it.resultNow()).toList();
            assertThat(given.stream().filter(it -> it)).hasSize(5);
        }
        assertThat(used(path)).isEqualTo(5);
        assertThat(used(PROJECTS + "/" + place.project() + "/quotas")).isEqualTo(5);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            threads.invokeAll(List.of(subjects, subjects).stream().flatMap(List::stream)
                    .map(it -> (Callable<Boolean>) () -> release(it)).toList());
        }
        assertThat(used(path)).as("given back once, though told twice").isZero();
        assertThat(reserve(place, subjects.getFirst())).isTrue();
        assertThat(reserve(place, subjects.getFirst())).as("the same counts once").isTrue();
        assertThat(used(path)).isEqualTo(1);
    }

    @Test
    void aProjectsLimitHoldsBesideItsOrganizations() {
        var organization = organization();
        var one = Scope.project(organization, project(organization));
        var other = Scope.project(organization, project(organization));
        operator().patch(PROJECTS + "/" + one.project() + "/quotas", Map.of("clusterCount", 1));
        assertThat(reserve(one, new Subject("cluster", organization + "a"))).isTrue();
        assertThat(reserve(one, new Subject("cluster", organization + "b"))).isFalse();
        assertThat(reserve(other, new Subject("cluster", organization + "c"))).isTrue();
        assertThat(used(ORGANIZATIONS + "/" + organization + "/quotas"))
                .as("what was refused is not counted").isEqualTo(2);
        operator().patch(ORGANIZATIONS + "/" + organization + "/quotas",
                Map.of("clusterCount", 0));
        assertThat(release(new Subject("cluster", organization + "a")))
                .as("who has too much still gives back").isTrue();
        assertThat(reserve(one, new Subject("cluster", organization + "d"))).isFalse();
    }

    private boolean reserve(Scope place, Subject subject) {
        try {
            database.write(access.system("test"),
                    tx -> quotas.reserve(tx, place, subject, Amounts.CLUSTER));
            return true;
        } catch (Problem.Failure refusal) {
            assertThat(refusal.problem()).isInstanceOf(Problem.QuotaExceeded.class);
            return false;
        }
    }

    private boolean release(Subject subject) {
        database.write(access.system("test"), tx -> quotas.release(tx, subject));
        return true;
    }

    private long used(String path) {
        return operator().get(path).json().at("/data/usage/clusterCount").asLong(-1);
    }

    private String organization() {
        return operator().post(ORGANIZATIONS,
                Map.of("name", "quo-" + UUID.randomUUID().toString().substring(0, 8)))
                .text("/data/id");
    }

    private String project(String organization) {
        return operator().post(PROJECTS, Map.of("organizationId", organization))
                .text("/data/id");
    }

    private Visitor operator() {
        return Residents.of(server).operator();
    }
}
