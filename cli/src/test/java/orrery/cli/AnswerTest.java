package orrery.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class AnswerTest {
    @Test
    void saysEveryFieldThatTheCloudRefused() {
        assertThatThrownBy(() -> refused("""
                {"success":false,"error":{"code":"VALIDATION_ERROR","message":"2 mistakes",
                 "details":{"fields":{"name":"is required","cidr":"is no network"}}}}"""))
                .hasMessage("POST /x: 400 VALIDATION_ERROR 2 mistakes "
                        + "(name: is required; cidr: is no network)");
    }

    @Test
    void saysWhatTheStudioSaid() {
        assertThatThrownBy(() -> refused("{\"error\":\"Workflow not found\"}"))
                .hasMessage("POST /x: 400 Workflow not found");
    }

    @Test
    void saysWhatTheWorkspaceSaid() {
        assertThatThrownBy(() -> refused("{\"status\":400,\"msg\":\"no such blueprint\"}"))
                .hasMessage("POST /x: 400 no such blueprint");
    }

    @Test
    void showsTheBodyWhenItIsNotJson() {
        assertThatThrownBy(() -> refused("<h1>Bad Gateway</h1>"))
                .hasMessage("POST /x: 400 <h1>Bad Gateway</h1>");
    }

    @Test
    void namesTheFieldThatAnAnswerLacks() {
        assertThatThrownBy(() -> answer(200, "{\"data\":{}}").need("/data/id"))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("POST /x answered 200 without /data/id");
    }

    private static void refused(String body) {
        answer(400, body).orRefuse();
    }

    private static Answer answer(int status, String body) {
        return new Answer("POST /x", status, body.getBytes(StandardCharsets.UTF_8));
    }
}
