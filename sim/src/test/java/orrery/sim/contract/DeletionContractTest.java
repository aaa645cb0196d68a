package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import orrery.sim.contract.Api.Reply;
import org.junit.jupiter.api.Test;

/// Deleting: finalizers, owners, preconditions, collections, namespaces.
class DeletionContractTest {
    private static final int MANY = 20;

    private final Api api = Api.shared();
    private final String namespace = api.namespace();
    private final String maps = "/api/v1/namespaces/" + namespace + "/configmaps";

    @Test
    void waitsForFinalizers() {
        api.post(maps, map("a", ",\"finalizers\":[\"example.com/wait\"]"));
        api.delete(maps + "/a", "");
        assertThat(api.get(maps + "/a").text("/metadata/deletionTimestamp")).isNotEmpty();
        Reply more = api.send("PATCH", maps + "/a", "application/merge-patch+json",
                "{\"metadata\":{\"finalizers\":[\"example.com/wait\",\"example.com/new\"]}}");
        assertThat(more.code()).isEqualTo(422);
        api.send("PATCH", maps + "/a", "application/merge-patch+json",
                "{\"metadata\":{\"finalizers\":null}}");
        assertThat(api.get(maps + "/a").code()).isEqualTo(404);
    }

    @Test
    void collectsWhatIsOwned() {
        Reply owner = api.post(maps, map("owner", ""));
        api.post(maps, map("owned", owned(owner)));
        api.delete(maps + "/owner", "");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> api.get(maps + "/owned").code() == 404);
    }

    /// Many at once: the collector looks at what is owned while its owner lets go of it.
    @Test
    void leavesOrphans() {
        for (int i = 0; i < MANY; i++) {
            Reply owner = api.post(maps, map("owner-" + i, ""));
            api.post(maps, map("owned-" + i, owned(owner)));
            api.delete(maps + "/owner-" + i, "{\"propagationPolicy\":\"Orphan\"}");
        }
        for (int i = 0; i < MANY; i++) {
            String owner = maps + "/owner-" + i;
            await().atMost(Duration.ofSeconds(60)).until(() -> api.get(owner).code() == 404);
            Reply left = api.get(maps + "/owned-" + i);
            assertThat(left.code()).isEqualTo(200);
            assertThat(left.body().path("metadata").has("ownerReferences")).isFalse();
        }
    }

    @Test
    void deletesInTheForegroundFromTheLeaves() {
        Reply owner = api.post(maps, map("owner", ""));
        api.post(maps, map("owned", owned(owner)
                .replace("\"}]", "\",\"blockOwnerDeletion\":true}]")
                + ",\"finalizers\":[\"example.com/wait\"]"));
        api.delete(maps + "/owner", "{\"propagationPolicy\":\"Foreground\"}");
        await().atMost(Duration.ofSeconds(60)).until(() ->
                !api.get(maps + "/owned").text("/metadata/deletionTimestamp").isEmpty());
        assertThat(api.get(maps + "/owner").code()).isEqualTo(200);
        api.send("PATCH", maps + "/owned", "application/merge-patch+json",
                "{\"metadata\":{\"finalizers\":null}}");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> api.get(maps + "/owner").code() == 404);
    }

    /// Some types answer with what is gone, the others with a Status that names it.
    @Test
    void answersWithWhatIsGoneOrWithAStatus() {
        String core = "/api/v1/namespaces/" + namespace;
        for (String[] one : new String[][] {
                {"resourcequotas", "{\"metadata\":{\"name\":\"a\"}}", "ResourceQuota"},
                {"serviceaccounts", "{\"metadata\":{\"name\":\"a\"}}", "ServiceAccount"},
                {"secrets", "{\"metadata\":{\"name\":\"a\"}}", "Status"},
                {"endpoints", "{\"metadata\":{\"name\":\"a\"}}", "Status"}}) {
            Reply made = api.post(core + "/" + one[0], one[1]);
            Reply gone = api.delete(core + "/" + one[0] + "/a", "");
            assertThat(gone.code()).isEqualTo(200);
            assertThat(gone.text("/kind")).isEqualTo(one[2]);
            if (one[2].equals("Status")) {
                assertThat(gone.text("/details/uid")).isEqualTo(made.text("/metadata/uid"));
                assertThat(gone.body().path("details").has("group")).isFalse();
            }
        }
    }

    @Test
    void checksPreconditions() {
        Reply made = api.post(maps, map("a", ""));
        Reply wrong = api.delete(maps + "/a", "{\"preconditions\":{\"uid\":\"other\"}}");
        assertThat(wrong.code()).isEqualTo(409);
        Reply right = api.delete(maps + "/a", "{\"preconditions\":{\"uid\":\"%s\"}}"
                .formatted(made.text("/metadata/uid")));
        assertThat(right.code()).isEqualTo(200);
    }

    @Test
    void deletesACollectionBySelector() {
        api.post(maps, map("a", ",\"labels\":{\"go\":\"yes\"}"));
        api.post(maps, map("b", ",\"labels\":{\"go\":\"yes\"}"));
        api.post(maps, map("c", ""));
        api.send("DELETE", maps + "?labelSelector=go%3Dyes", "", "");
        assertThat(api.get(maps + "/a").code()).isEqualTo(404);
        assertThat(api.get(maps + "/b").code()).isEqualTo(404);
        assertThat(api.get(maps + "/c").code()).isEqualTo(200);
    }

    @Test
    void emptiesANamespaceThatGoes() {
        api.post(maps, map("a", ",\"finalizers\":[\"example.com/wait\"]"));
        api.send("DELETE", "/api/v1/namespaces/" + namespace, "", "");
        Reply late = api.post(maps, map("b", ""));
        assertThat(late.code()).isEqualTo(403);
        assertThat(api.get("/api/v1/namespaces/" + namespace).text("/status/phase"))
                .isEqualTo("Terminating");
        await().atMost(Duration.ofSeconds(60)).until(() ->
                !api.get(maps + "/a").text("/metadata/deletionTimestamp").isEmpty());
        api.send("PATCH", maps + "/a", "application/merge-patch+json",
                "{\"metadata\":{\"finalizers\":null}}");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> api.get("/api/v1/namespaces/" + namespace).code() == 404);
    }

    private static String owned(Reply owner) {
        return ",\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\""
                + owner.text("/metadata/name") + "\",\"uid\":\"" + owner.text("/metadata/uid")
                + "\"}]";
    }

    private static String map(String name, String more) {
        return "{\"metadata\":{\"name\":\"" + name + "\"" + more + "}}";
    }
}
