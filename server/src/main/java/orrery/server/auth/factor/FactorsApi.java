package orrery.server.auth.factor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.time.Instant;
import java.util.List;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.surface.Cloud;
import org.jspecify.annotations.Nullable;

/// One's own second factors, as the cloud family shows them. To change them one has signed in
/// within the last 15 minutes, and with a second factor if there is one.
@Path("/v1/regions/global/auth/factors")
@RunOnVirtualThread
@On(Cloud.class)
public final class FactorsApi {
    private static final int LONGEST_NAME = 100;

    private final Factors factors;

    record View(
            String id, Factor.Kind type, String name, Instant createdAt,
            @Nullable Instant lastUsedAt) {
        static View of(Factor it) {
            return new View(it.id(), it.kind(), it.name(), it.createdAt(), it.lastUsedAt());
        }
    }

    record All(List<View> factors, int recoveryCodesLeft) {}

    /// @param enrolment to confirm with
    /// @param secret to type into an authenticator application
    /// @param uri the same, to be drawn as a QR code
    record Begun(String enrolment, String secret, String uri) {}

    /// @param code that the application shows now
    record Confirmation(String enrolment, String code) {}

    /// @param recoveryCodes shown this once; each signs in once in place of a code
    record Added(View factor, List<String> recoveryCodes) {}

    /// @param challenge to confirm with
    /// @param origin where the browser must be to answer
    record PasskeyAsked(String challenge, String origin, ObjectNode options) {}

    /// @param name what the person calls it
    /// @param credential what the browser answered, as JSON (`PublicKeyCredential.toJSON`)
    record NewPasskey(String challenge, String name, ObjectNode credential) {
        NewPasskey {
            new Mistakes().check("name", name, it -> !it.isBlank() && it.length() <= LONGEST_NAME
                            && it.chars().noneMatch(Character::isISOControl),
                    "must have 1 to " + LONGEST_NAME + " characters, none of them a control")
                    .orRefuse();
        }
    }

    record Codes(List<String> recoveryCodes) {}

    public FactorsApi(Factors factors) {
        this.factors = factors;
    }

    @GET
    @Own
    public Answer<All> list(@Context Grant grant) {
        var all = factors.list(grant);
        return Answer.ok(new All(all.factors().stream().map(View::of).toList(),
                all.recoveryCodesLeft()));
    }

    /// Begins to add an authenticator application; nothing changes until a code of it is shown.
    @POST
    @Path("/totp")
    @Own
    public Answer<Begun> begin(@Context Grant grant) {
        var begun = factors.begin(grant);
        return Answer.ok(new Begun(begun.enrolment(), begun.secret(), begun.uri()))
                .header("Cache-Control", "no-store");
    }

    @POST
    @Path("/totp/confirm")
    @Own
    public Answer<Added> confirm(@Context Grant grant, Confirmation asked) {
        var added = factors.confirm(grant, asked.enrolment(), asked.code());
        return Answer.ok(new Added(View.of(added.factor()), added.recoveryCodes()))
                .status(201).header("Cache-Control", "no-store");
    }

    /// Begins to add a passkey: the options are `navigator.credentials.create`'s.
    @POST
    @Path("/passkeys")
    @Own
    public Answer<PasskeyAsked> beginPasskey(@Context Grant grant) {
        var asked = factors.beginPasskey(grant);
        return Answer.ok(new PasskeyAsked(
                        asked.challenge(), asked.origin(), asked.options()))
                .header("Cache-Control", "no-store");
    }

    @POST
    @Path("/passkeys/confirm")
    @Own
    public Answer<Added> addPasskey(@Context Grant grant, NewPasskey asked) {
        var added = factors.addPasskey(
                grant, asked.challenge(), asked.name(), asked.credential());
        return Answer.ok(new Added(View.of(added.factor()), added.recoveryCodes()))
                .status(201).header("Cache-Control", "no-store");
    }

    @POST
    @Path("/recovery-codes")
    @Own
    public Answer<Codes> renew(@Context Grant grant) {
        return Answer.ok(new Codes(factors.renewRecoveryCodes(grant)))
                .header("Cache-Control", "no-store");
    }

    @DELETE
    @Path("/{factor}")
    @Own
    public Answer<Void> remove(@Context Grant grant, @PathParam("factor") String id) {
        factors.remove(grant, id);
        return Answer.none();
    }
}
