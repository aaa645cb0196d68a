package orrery.server.workspace.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodStateTest {
    private static final Instant NOW = Instant.parse("2026-03-24T12:00:00Z");

    @Test
    void noPodIsStopped() {
        assertThat(PodState.of(null, List.of(), NOW).status()).isEqualTo(Workspace.Status.Stopped);
    }

    @Test
    void aPodWithoutNodeWaits() {
        assertThat(state("{'spec':{}}").message()).isEqualTo("Waiting for node assignment");
    }

    @Test
    void saysWhyThereIsNoNode() {
        var state = state("{'spec':{}}",
                "{'reason':'FailedScheduling','message':'0/1 nodes: Insufficient memory'}");
        assertThat(state.status()).isEqualTo(Workspace.Status.Warning);
        assertThat(state.message()).contains("Insufficient memory");
    }

    @Test
    void aLongPullIsPulling() {
        var pod = "{'spec':{'nodeName':'n1'}}";
        assertThat(state(pod, "{'reason':'Pulling','lastTimestamp':'2026-03-24T11:59:50Z'}")
                .status()).isEqualTo(Workspace.Status.Pulling);
        assertThat(state(pod, "{'reason':'Pulling','lastTimestamp':'2026-03-24T11:59:58Z'}")
                .status()).isEqualTo(Workspace.Status.Starting);
        assertThat(state(pod, "{'reason':'Pulling','lastTimestamp':'2026-03-24T11:59:50Z'}",
                "{'reason':'Pulled'}").status()).isEqualTo(Workspace.Status.Starting);
    }

    @Test
    void anImageThatCannotBePulledFails() {
        var state = state("{'spec':{'nodeName':'n1'},'status':{'phase':'Pending',"
                + "'containerStatuses':[{'state':{'waiting':"
                + "{'reason':'ImagePullBackOff','message':'no such image'}}}]}}");
        assertThat(state.status()).isEqualTo(Workspace.Status.Failing);
        assertThat(state.message()).isEqualTo("ImagePullBackOff: no such image");
    }

    @Test
    void readyIsRunning() {
        var state = state("{'spec':{'nodeName':'n1'},'status':{'phase':'Running',"
                + "'conditions':[{'type':'Ready','status':'True'}],"
                + "'containerStatuses':[{'restartCount':2}]}}");
        assertThat(state.status()).isEqualTo(Workspace.Status.Running);
        assertThat(state.restarts()).isEqualTo(2);
    }

    @Test
    void aDeletedPodIsStopping() {
        assertThat(state("{'metadata':{'deletionTimestamp':'2026-03-24T12:00:00Z'}}").status())
                .isEqualTo(Workspace.Status.Stopping);
    }

    private static PodState state(String pod, String... events) {
        return PodState.of(json(pod), List.of(events).stream().map(PodStateTest::json).toList(),
                NOW);
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }
}
