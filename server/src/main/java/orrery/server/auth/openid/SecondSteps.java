package orrery.server.auth.openid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.Json;
import orrery.server.auth.login.SignIns;
import orrery.server.auth.login.SignIns.Enrolled;
import orrery.server.auth.openid.Interaction.Purpose;
import orrery.server.auth.openid.SignedIn.Halfway;
import orrery.server.iam.user.Members;

/// The page between the first step of a sign-in and its end, wherever it leads.
@Singleton
final class SecondSteps {
    static final String SIGN_IN = "/oauth2/login/second";
    static final String DEVICE = "/oauth2/device/login/second";

    private final SignIns signIns;
    private final SignedIn signedIn;
    private final Interactions interactions;
    private final Members members;

    SecondSteps(
            SignIns signIns, SignedIn signedIn, Interactions interactions, Members members) {
        this.signIns = signIns;
        this.signedIn = signedIn;
        this.interactions = interactions;
        this.members = members;
    }

    /// Asks for a code or a passkey.
    ///
    /// @param action where the forms go
    /// @param wrong what was wrong with the last attempt
    Answer<?> ask(
            Grant grant, String action, Interaction from, String browser,
            @Nullable String wrong) {
        var interaction = interactions.seal(from);
        var halfway = Objects.requireNonNull(from.halfway());
        if (halfway.enrolment() != null) {
            return AccountScreens.enrol(action, interaction, wrong, signIns.enrolmentAgain(
                    grant, halfway.user(), halfway.enrolment()))
                    .cookie(interactions.cookie(browser));
        }
        return AccountScreens.secondStep(action, interaction, wrong,
                signedIn.passkey(grant, action, interaction, null))
                .cookie(interactions.cookie(browser));
    }

    /// What such a page goes on with.
    Interaction page(
            Purpose purpose, Map<String, String> parameters, String browser, Halfway halfway) {
        return interactions.halfway(purpose, parameters, browser, halfway);
    }

    private <T> SignIns.Finish<T> still(Halfway halfway, SignIns.Finish<T> finish) {
        return (tx, user, proof) -> {
            var bound = halfway.entry().boundTo();
            if (bound != null && !members.isActive(tx, bound, user.id())) {
                throw new Problem.Refused(
                        "sign-in", "you have left the organization").raise();
            }
            return finish.go(tx, user, proof);
        };
    }

    /// Goes on with what a form of the page brings.
    ///
    /// @return with recovery codes, for who has set something up
    /// @throws Problem.Failure as [SignIns#second] or [SignIns#enrol]
    <T> Enrolled<T> shown(
            Grant grant, Halfway halfway, Map<String, String> form, SignIns.Finish<T> finish) {
        var first = halfway.entry().proof();
        var still = still(halfway, finish);
        var code = form.getOrDefault("code", "");
        var credential = form.get("credential");
        if (halfway.enrolment() != null) {
            return signIns.enrol(
                    grant, halfway.user(), first, halfway.enrolment(), code, still);
        }
        return new Enrolled<>(credential == null || credential.isEmpty()
                ? signIns.second(grant, halfway.user(), first, code, still)
                : signIns.second(grant, halfway.user(), first,
                        form.getOrDefault("challenge", ""), credential(form), still), List.of());
    }

    /// What a browser's passkey answered.
    static ObjectNode credential(Map<String, String> form) {
        try {
            if (Json.shared().readTree(form.getOrDefault("credential", "{}"))
                    instanceof ObjectNode read) {
                return read;
            }
        } catch (IOException noJson) {
            // Answers nothing, as an empty one.
        }
        return Json.shared().createObjectNode();
    }
}
