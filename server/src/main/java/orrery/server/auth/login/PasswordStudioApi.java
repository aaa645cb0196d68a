package orrery.server.auth.login;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.surface.Studio;

/// One's own password, as the studio family changes it. Its clients show the refusals as they are.
@Path("/v1/api/profile/password")
@RunOnVirtualThread
@On(Studio.class)
public final class PasswordStudioApi {
    private final PasswordChanges changes;

    record Change(String currentPassword, String newPassword) {
        @Override
        public String toString() {
            return "a change of password";
        }
    }

    record View(String message) {}

    record Refusal(String error) {}

    public PasswordStudioApi(PasswordChanges changes) {
        this.changes = changes;
    }

    @PUT
    @Own
    public Answer<?> change(@Context Grant grant, Change asked) {
        return switch (changes.change(grant, asked.currentPassword(), asked.newPassword())) {
            case CHANGED -> Answer.ok(new View("Password updated successfully"));
            case WRONG -> refusal("Current password is incorrect");
            case NO_PASSWORD ->
                refusal("Password login is not available for OAuth accounts");
        };
    }

    private static Answer<Refusal> refusal(String text) {
        return Answer.ok(new Refusal(text)).status(400);
    }
}
