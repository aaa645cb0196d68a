package orrery.server.compute.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import orrery.server.Neighbours;
import orrery.server.SimulatedServer;
import orrery.server.Visitor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SimulatedServer.class)
class VolumesApiTest {
    private static final String BACKENDS = "/v1/regions/global/infrastructure/storage";
    private static final Map<String, Object> BOOT = Map.of("boot", true, "source", "debian-12");

    @TestHTTPResource
    URI server;

    private Neighbours all;
    private Visitor owner;
    private String volumes;
    private String instances;

    @BeforeEach
    void settle() {
        all = Neighbours.on(server);
        owner = all.owner();
        volumes = all.compute() + "/storage";
        instances = all.compute() + "/instances";
        backend("standard", "standard", null, 8_192);
    }

    private String backend(String name, String storageClass, String zone, int capacity) {
        var body = new HashMap<String, Object>(Map.of("name", name, "region", "main",
                "type", "block", "storageClass", storageClass, "capacityGb", capacity));
        if (zone != null) {
            body.put("zone", zone);
        }
        var made = owner.post(BACKENDS, body);
        assertThat(made.status()).as(made.raw().body()).isIn(201, 409);
        return BACKENDS + "/" + name;
    }

    private static Map<String, Object> body(String name, int sizeGb, Object... more) {
        var body = new HashMap<String, Object>(Map.of("name", name, "sizeGb", sizeGb));
        for (int i = 0; i < more.length; i += 2) {
            body.put((String) more[i], more[i + 1]);
        }
        return body;
    }

    private Visitor.Heard made(String name, int sizeGb, Object... more) {
        var asked = owner.post(volumes, body(name, sizeGb, more));
        ends(asked);
        return asked;
    }

    private void machine(String name, Object... disks) {
        var wanted = new ArrayList<Object>(List.of(BOOT));
        wanted.addAll(List.of(disks));
        ends(owner.post(instances, Map.of("name", name, "type", "vm.small", "nics", List.of(),
                "disks", wanted)));
    }

    private void ends(Visitor.Heard accepted) {
        assertThat(accepted.status()).as(accepted.raw().body()).isEqualTo(202);
        var end = all.end(accepted);
        assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    }

    private static List<String> fields(Visitor.Heard heard) {
        return heard.json().at("/error/details/fields").propertyStream()
                .map(Map.Entry::getKey).toList();
    }

    private static List<String> names(Visitor.Heard page) {
        assertThat(page.status()).as(page.raw().body()).isEqualTo(200);
        return page.json().at("/data").valueStream()
                .map((JsonNode item) -> item.path("name").asText()).toList();
    }

    private static void refused(Visitor.Heard heard, int status, String code) {
        assertThat(heard.status()).as(heard.raw().body()).isEqualTo(status);
        assertThat(heard.text("/error/code")).isEqualTo(code);
    }

    @Test
    void aVolumeLivesFromCreationToDeletion() {
        var asked = made("alpha", 3, "labels", Map.of("env", "test"), "displayName", "Alpha");
        var path = volumes + "/" + asked.text("/data/id");
        assertThat(asked.text("/data/id")).matches("vol_[0-9A-Za-z]{26}");
        assertThat(asked.header("Location")).isEqualTo(path)
                .isEqualTo(asked.text("/data/selfLink"));
        assertThat(asked.text("/data/state")).isEqualTo("creating");
        assertThat(asked.text("/meta/workflow/type")).isEqualTo("volume.create");
        assertThat(asked.text("/data/currentRunId")).isEqualTo(asked.text("/meta/workflowId"));
        var there = owner.get(volumes + "/alpha");
        assertThat(there.text("/data/state")).isEqualTo("available");
        assertThat(there.text("/data/type")).isEqualTo("standard");
        assertThat(there.json().at("/data/zone").isNull()).isTrue();
        assertThat(there.json().at("/data/attachedTo/id").isNull()).isTrue();
        assertThat(names(owner.get(volumes + "?labels.env=test&state=available")))
                .containsExactly("alpha");
        assertThat(names(owner.get(volumes + "?state=inUse"))).doesNotContain("alpha");
        refused(owner.post(volumes, body("alpha", 1)), 409, "ALREADY_EXISTS");

        var version = there.header("ETag");
        var changed = owner.with("If-Match", version).patch(path,
                Map.of("displayName", "A", "labels", Map.of("env", "prod"), "sizeGb", 3));
        assertThat(changed.status()).as("no other size, no run").isEqualTo(200);
        assertThat(changed.text("/data/labels/env")).isEqualTo("prod");
        refused(owner.with("If-Match", version).patch(path, Map.of("displayName", "B")),
                412, "PRECONDITION_FAILED");
        refused(owner.with("If-Match", version).delete(path), 412, "PRECONDITION_FAILED");

        var larger = owner.patch(path, Map.of("sizeGb", 5, "description", "more"));
        assertThat(larger.text("/data/state")).isEqualTo("resizing");
        assertThat(larger.text("/meta/workflow/type")).isEqualTo("volume.resize");
        ends(larger);
        assertThat(owner.get(path).json().at("/data/sizeGb").asInt()).isEqualTo(5);
        assertThat(owner.get(path).text("/data/description")).isEqualTo("more");
        var smaller = owner.patch(path, Map.of("sizeGb", 4, "description", "less"));
        refused(smaller, 422, "UNPROCESSABLE");
        assertThat(smaller.text("/error/details/fields/sizeGb")).contains("at least 5");
        assertThat(owner.get(path).text("/data/description")).isEqualTo("more");

        var leaving = owner.delete(path);
        assertThat(leaving.text("/meta/workflow/type")).isEqualTo("volume.delete");
        var again = owner.delete(path);
        if (again.status() != 404) {
            assertThat(again.text("/meta/workflowId")).as("the same run")
                    .isEqualTo(leaving.text("/meta/workflowId"));
        }
        ends(leaving);
        assertThat(owner.get(path).status()).isEqualTo(404);
        assertThat(owner.get(path + "?includeDeleted=true").text("/data/state"))
                .isEqualTo("deleted");
        made("alpha", 1);
        ends(owner.delete(volumes + "/alpha"));
    }

    @Test
    void oneMachineAtATimeUsesIt() {
        var id = made("beta", 2).text("/data/id");
        machine("beta");
        machine("gamma");
        var path = volumes + "/" + id;
        refused(owner.post(path + ":detach", null), 409, "INVALID_STATE_TRANSITION");
        assertThat(fields(owner.post(path + ":attach", Map.of()))).containsExactly("instanceId");
        assertThat(fields(owner.post(path + ":attach", Map.of("instanceId", "A b"))))
                .containsExactly("instanceId");
        var nobody = owner.post(path + ":attach", Map.of("instanceId", "nobody"));
        refused(nobody, 422, "UNPROCESSABLE");
        assertThat(fields(nobody)).containsExactly("instanceId");

        var attached = owner.post(path + ":attach", Map.of("instanceId", "beta"));
        assertThat(attached.text("/data/state")).isEqualTo("inUse");
        assertThat(attached.text("/meta/workflow/type")).isEqualTo("vm.volume");
        ends(attached);
        var machine = owner.get(instances + "/beta");
        assertThat(owner.get(path).text("/data/attachedTo/kind")).isEqualTo("instance");
        assertThat(owner.get(path).text("/data/attachedTo/id"))
                .isEqualTo(machine.text("/data/id"));
        assertThat(machine.text("/data/disks/1/source")).isEqualTo(path);
        assertThat(machine.json().at("/data/disks/1/sizeGb").asInt()).isEqualTo(2);
        refused(owner.post(path + ":attach", Map.of("instanceId", "gamma")),
                409, "INVALID_STATE_TRANSITION");
        var held = owner.delete(path);
        refused(held, 409, "CONFLICT_IN_USE");
        assertThat(held.json().at("/error/details/dependents").toString())
                .contains(machine.text("/data/id"));
        ends(owner.patch(path, Map.of("sizeGb", 3)));
        assertThat(owner.get(path).text("/data/state")).as("as before").isEqualTo("inUse");
        assertThat(owner.get(path).json().at("/data/sizeGb").asInt()).isEqualTo(3);

        ends(owner.post(path + ":detach", null));
        assertThat(owner.get(path).text("/data/state")).isEqualTo("available");
        assertThat(owner.get(instances + "/beta").json().at("/data/disks")).hasSize(1);
        ends(owner.post("/v1/regions/main/compute/storage/" + id + ":attach",
                Map.of("instanceId", "gamma")));
        ends(owner.post(instances + "/beta:stop", null));
        ends(owner.delete(instances + "/gamma"));
        assertThat(owner.get(path).text("/data/state")).as("freed").isEqualTo("available");
        ends(owner.delete(path));
        ends(owner.delete(instances + "/beta"));
    }

    @Test
    void aMachineIsMadeWithVolumes() {
        var id = made("delta", 2).text("/data/id");
        var link = volumes + "/" + id;
        machine("delta", Map.of("source", link));
        assertThat(owner.get(link).text("/data/attachedTo/id"))
                .isEqualTo(owner.get(instances + "/delta").text("/data/id"));
        var taken = owner.post(instances, Map.of("type", "vm.small", "nics", List.of(),
                "disks", List.of(BOOT, Map.of("source", id), Map.of("source", volumes + "/none"),
                        Map.of("source", "/v1/regions/mars/projects/x/compute/storage/delta"))));
        refused(taken, 422, "UNPROCESSABLE");
        assertThat(fields(taken)).containsExactly(
                "disks[1].source", "disks[2].source", "disks[3].source");
        assertThat(taken.text("/error/details/fields/disks[1].source")).contains("inUse");
        assertThat(fields(owner.post(instances, Map.of("type", "vm.small", "disks", List.of(BOOT,
                Map.of("source", id, "sizeGb", 3, "interface", "NVME", "type", "TEMPORARY",
                        "mode", "READ_ONLY")))))).containsExactlyInAnyOrder("disks[1].sizeGb",
                                "disks[1].interface", "disks[1].type", "disks[1].mode");
        assertThat(fields(owner.post(instances, Map.of("type", "vm.small", "disks",
                List.of(Map.of("source", id, "boot", true))))))
                .containsExactly("disks[0].boot");
        ends(owner.delete(instances + "/delta"));
        ends(owner.delete(link));
    }

    @Test
    void namesEveryFieldThatIsWrong() {
        var wrong = owner.post(volumes, body("NO", 0, "displayName", " ", "type", "A b",
                "zone", "!", "labels", Map.of("orrery.dev/x", "y"), "colour", "red"));
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(fields(wrong)).containsExactlyInAnyOrder("name", "sizeGb", "displayName",
                "type", "zone", "labels.orrery.dev/x", "colour");
        assertThat(fields(owner.post(volumes, Map.of("name", "x")))).containsExactly("sizeGb");
        assertThat(fields(owner.post(volumes, body("x", 65_537)))).containsExactly("sizeGb");
        made("epsilon", 1);
        var path = volumes + "/epsilon";
        assertThat(owner.patch(path, "{}").status()).isEqualTo(400);
        assertThat(fields(owner.patch(path, Map.of("sizeGb", 0, "type", "x", "zone", "y"))))
                .contains("sizeGb", "type", "zone");
        ends(owner.delete(path));
    }

    @Test
    void namesWhatTheRegionDoesNotOffer() {
        var unknown = owner.post(volumes, body("x", 1, "type", "golden"));
        refused(unknown, 422, "UNPROCESSABLE");
        assertThat(unknown.text("/error/details/fields/type")).contains("standard");
        assertThat(fields(owner.post(volumes, body("x", 1, "zone", "mars-a"))))
                .containsExactly("zone");
        var objects = owner.post(BACKENDS, Map.of("name", "bucket", "region", "main",
                "type", "object", "storageClass", "bucket", "capacityGb", 10));
        assertThat(fields(owner.post(volumes, body("x", 1, "type", "bucket"))))
                .containsExactly("type");
        owner.delete(objects.header("Location"));
        assertThat(owner.post(volumes.replace("/main/", "/mars/"), body("x", 1)).status())
                .isEqualTo(404);
        var zonal = backend("zonal", "standard", "main-a", 10);
        owner.patch(BACKENDS + "/standard", Map.of("state", "disabled"));
        try {
            made("zeta", 1);
            assertThat(owner.get(volumes + "/zeta").text("/data/zone")).isEqualTo("main-a");
            ends(owner.delete(volumes + "/zeta"));
        } finally {
            owner.patch(BACKENDS + "/standard", Map.of("state", "active"));
            assertThat(owner.delete(zonal).status()).isEqualTo(204);
        }
    }

    @Test
    void capacityIsGivenOutOnce() throws Exception {
        owner.patch(BACKENDS + "/standard", Map.of("state", "disabled"));
        var tiny = backend("tiny", "standard", null, 10);
        try {
            List<Visitor.Heard> heard = new ArrayList<>();
            try (var beside = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var one : beside.invokeAll(IntStream.range(0, 6)
                        .<Callable<Visitor.Heard>>mapToObj(i -> () -> owner.post(volumes,
                                body("tiny-" + i, 3))).toList())) {
                    heard.add(one.get());
                }
            }
            var accepted = heard.stream().filter(it -> it.status() == 202).toList();
            assertThat(accepted).hasSize(3);
            heard.stream().filter(it -> it.status() != 202)
                    .forEach(it -> refused(it, 409, "POOL_CAPACITY_EXCEEDED"));
            var there = owner.get(tiny);
            assertThat(there.json().at("/data/allocatedGb").asInt()).isEqualTo(9);
            var less = owner.patch(tiny, Map.of("capacityGb", 8));
            refused(less, 422, "UNPROCESSABLE");
            assertThat(fields(less)).containsExactly("capacityGb");
            var held = owner.delete(tiny);
            refused(held, 409, "CONFLICT_IN_USE");
            assertThat(held.json().at("/error/details/dependents").toString())
                    .contains("volume/" + accepted.getFirst().text("/data/id"));
            owner.patch(tiny, Map.of("state", "disabled"));
            accepted.forEach(this::ends);
            var path = accepted.getFirst().text("/data/selfLink");
            refused(owner.patch(path, Map.of("sizeGb", 4)), 409, "CONFLICT");
            accepted.forEach(it -> ends(owner.delete(it.text("/data/selfLink"))));
        } finally {
            owner.patch(BACKENDS + "/standard", Map.of("state", "active"));
        }
        assertThat(owner.get(tiny).json().at("/data/allocatedGb").asInt()).isZero();
        assertThat(owner.delete(tiny).status()).isEqualTo(204);
    }

    @Test
    void aVolumeThatCannotBeMadeFailsAndGivesBackWhatItTook() {
        var missing = backend("missing", "missing", null, 10);
        var asked = owner.post(volumes, body("lambda", 3, "type", "missing"));
        assertThat(asked.status()).isEqualTo(202);
        assertThat(all.end(asked).toString()).contains("has no storage class missing");
        var path = asked.text("/data/selfLink");
        assertThat(owner.get(path).text("/data/state")).isEqualTo("failed");
        assertThat(owner.get(path).text("/data/stateReason")).contains("last run says why");
        assertThat(owner.get(missing).json().at("/data/allocatedGb").asInt()).isZero();
        refused(owner.patch(path, Map.of("sizeGb", 4)), 409, "INVALID_STATE_TRANSITION");
        ends(owner.delete(path));
        assertThat(owner.delete(missing).status()).isEqualTo(204);
    }

    @Test
    void noVolumeIsMadeOrGrowsBeyondTheQuotaOrTheBackend() {
        var quotas = "/v1/regions/global/projects/" + all.project() + "/quotas";
        assertThat(owner.get(quotas).json().at("/data/usage/storageTb").asInt()).isZero();
        owner.patch(quotas, Map.of("storageTb", 1));
        try {
            made("eta", 600);
            assertThat(owner.get(quotas).json().at("/data/usage/storageTb").asInt())
                    .isEqualTo(1);
            refused(owner.post(volumes, body("theta", 425)), 403, "QUOTA_EXCEEDED");
            assertThat(owner.get(volumes + "/theta").status()).isEqualTo(404);
            made("theta", 424);
            refused(owner.patch(volumes + "/eta", Map.of("sizeGb", 601)),
                    403, "QUOTA_EXCEEDED");
            assertThat(owner.get(volumes + "/eta").text("/data/state")).isEqualTo("available");
            ends(owner.delete(volumes + "/theta"));
            ends(owner.patch(volumes + "/eta", Map.of("sizeGb", 601)));
            refused(owner.patch(volumes + "/eta", Map.of("sizeGb", 60_000)),
                    409, "POOL_CAPACITY_EXCEEDED");
            ends(owner.delete(volumes + "/eta"));
            assertThat(owner.get(quotas).json().at("/data/usage/storageTb").asInt())
                    .as("given back").isZero();
        } finally {
            owner.patch(quotas, "{\"storageTb\":null}");
        }
    }

    @Test
    void theSameVolumesAreThereWithoutTheirProject() {
        var here = "/v1/regions/main/compute/storage";
        var made = owner.post(here, body("iota", 1, "projectId", all.project()));
        ends(made);
        var id = made.text("/data/id");
        assertThat(made.text("/data/selfLink")).isEqualTo(volumes + "/" + id);
        assertThat(names(owner.get(here + "?projectId=" + all.project()))).contains("iota");
        assertThat(names(owner.get("/v1/regions/global/compute/storage?region=main")))
                .contains("iota");
        assertThat(owner.get("/v1/regions/global/compute/storage?offset=0&name=iota").json()
                .at("/meta/pagination/total").asInt()).isEqualTo(1);
        assertThat(owner.get(here + "/" + id).text("/data/name")).isEqualTo("iota");
        assertThat(owner.get("/v1/region/main/compute/storage/" + id).status()).isEqualTo(200);
        assertThat(fields(owner.get(here + "/iota"))).containsExactly("projectId");
        assertThat(fields(owner.post(here, body("x", 1)))).containsExactly("projectId");
        assertThat(names(all.stranger().get("/v1/regions/global/compute/storage")))
                .doesNotContain("iota");
        all.unknown("GET", here + "/" + id, null);
        all.unknown("POST", here + "/" + id + ":detach", null);
        all.unknown("POST", here, body("x", 1, "projectId", all.project()));
        ends(owner.delete(here + "/" + id));
    }

    @Test
    void othersDoNotLearnThatItIsThere() {
        var path = volumes + "/" + made("kappa", 1).text("/data/id");
        all.unknown("GET", volumes, null);
        all.unknown("POST", volumes, body("mine", 1));
        all.unknown("GET", path, null);
        all.unknown("PATCH", path, Map.of("displayName", "mine"));
        all.unknown("DELETE", path, null);
        all.unknown("POST", path + ":attach", Map.of("instanceId", "x"));
        all.unknown("POST", path + ":detach", null);
        assertThat(owner.get(path.replace("/main/", "/mars/")).status()).isEqualTo(404);
        ends(owner.delete(path));
    }
}
