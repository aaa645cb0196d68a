package orrery.server.workspace.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import orrery.server.workspace.blueprint.Blueprints;
import org.junit.jupiter.api.Test;

class WorkspaceObjectsTest {
    private final WorkspaceObjects objects = new WorkspaceObjects(
            "alice-a975fae", "workspaces", "alice", "run_1", new Blueprints().get(null));

    @Test
    void thePodIsRestricted() {
        var spec = objects.pod().path("spec");
        assertThat(spec.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(spec.at("/securityContext/seccompProfile/type").asText())
                .isEqualTo("RuntimeDefault");
        var container = spec.path("containers").path(0);
        assertThat(container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true))
                .isFalse();
        assertThat(container.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(spec.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    }

    @Test
    void itsTokenIsForUsAlone() {
        var spec = objects.pod().path("spec");
        assertThat(spec.path("serviceAccountName").asText()).isEqualTo("alice-a975fae");
        assertThat(objects.account().at("/metadata/name").asText()).isEqualTo("alice-a975fae");
        assertThat(objects.account().path("automountServiceAccountToken").asBoolean(true))
                .isFalse();
        var source = spec.at("/volumes/1/projected/sources");
        assertThat(source).hasSize(1);
        assertThat(source.at("/0/serviceAccountToken/audience").asText())
                .isEqualTo("orrery-workspace");
        assertThat(spec.at("/containers/0/volumeMounts/1/mountPath").asText())
                .isEqualTo("/var/run/secrets/orrery");
        assertThat(spec.at("/containers/0/volumeMounts/1/readOnly").asBoolean()).isTrue();
    }

    @Test
    void theHomeIsAClaimOfItsOwn() {
        assertThat(objects.volumes()).hasSize(1);
        var claim = objects.volumes().getFirst();
        assertThat(claim.at("/metadata/name").asText()).isEqualTo("pvc-alice-a975fae-home");
        assertThat(claim.at("/spec/resources/requests/storage").asText()).isEqualTo("5Gi");
        var spec = objects.pod().path("spec");
        assertThat(spec.at("/volumes/0/persistentVolumeClaim/claimName").asText())
                .isEqualTo("pvc-alice-a975fae-home");
        assertThat(spec.at("/containers/0/volumeMounts/0/mountPath").asText())
                .isEqualTo("/home/user");
    }
}
