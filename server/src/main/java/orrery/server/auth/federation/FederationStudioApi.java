package orrery.server.auth.federation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.db.Database;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Query;
import orrery.server.auth.session.Sessions;
import orrery.server.iam.policy.Policies;
import orrery.server.iam.provider.Providers;
import orrery.server.iam.user.ProfileStudioApi;
import orrery.server.surface.Studio;

/// Sign-in at other providers, as the studio family has it. Its pages know the refusals by their
/// exact text.
@Path("/v1/api/auth/oauth")
@RunOnVirtualThread
@On(Studio.class)
public final class FederationStudioApi {
    private static final int LONGEST_CODE = 100;

    private final Database database;
    private final Providers providers;
    private final Federation federation;
    private final FlowCookie flows;
    private final PageCodes codes;
    private final StudioReturn studio;
    private final Sessions sessions;
    private final Policies policies;

    record Exchange(@Nullable String code) {}

    record View(String token, ProfileStudioApi.View user) {
        @Override
        public String toString() {
            return "a token for " + user.email();
        }
    }

    record Refused(String error) {}

    public FederationStudioApi(
            Database database, Providers providers, Federation federation, FlowCookie flows,
            PageCodes codes, StudioReturn studio, Sessions sessions, Policies policies) {
        this.database = database;
        this.providers = providers;
        this.federation = federation;
        this.flows = flows;
        this.codes = codes;
        this.studio = studio;
        this.sessions = sessions;
        this.policies = policies;
    }

    @GET
    @Path("/{provider}/authorize")
    @Open
    public Answer<?> authorize(@Context Grant grant, @PathParam("provider") String key) {
        var provider = database.read(grant, tx -> providers.named(tx, key)).orElse(null);
        if (provider == null) {
            return refused(404, "Unknown or disabled provider");
        }
        try {
            var begun = federation.begin(provider, new Purpose.Studio(), null);
            return StudioReturn.to(begun.location()).cookie(begun.cookie());
        } catch (Problem.Failure refusal) {
            return switch (refusal.problem()) {
                case Problem.Unprocessable _ -> refused(500, "Provider configuration error");
                case Problem.Unavailable _ -> refused(500, "Failed to initiate authentication");
                default -> throw refusal;
            };
        }
    }

    @GET
    @Path("/{provider}/callback")
    @Open
    public Answer<?> callback(
            @Context Grant grant, @PathParam("provider") String key, @Context Query query,
            @Context HttpHeaders headers) {
        var answer = new HashMap<String, String>();
        query.parameters().forEach((name, values) -> {
            if (values.size() == 1) {
                answer.put(name, values.getFirst());
            }
        });
        if (!answer.containsKey("state")) {
            return studio.failed("Missing state parameter");
        }
        var outcome = federation.<Answer<Void>>complete(grant,
                new Federation.Returned(key, answer, flows.of(headers)),
                (tx, arrival) -> studio.entered(tx, arrival.user(), arrival.entry()));
        return switch (outcome) {
            case Outcome.Entered<Answer<Void>> it -> it.opened();
            case Outcome.Halfway<Answer<Void>> it -> studio.second(it);
            case Outcome.Failed<Answer<Void>> it -> studio.failed(text(it.reason()));
            case Outcome.Linked<Answer<Void>> _ ->
                studio.failed("Invalid or expired authentication state");
        };
    }

    @POST
    @Path("/exchange")
    @Open
    public Answer<?> exchange(
            @Context Grant grant, @Context HttpHeaders headers, Exchange asked) {
        var code = asked.code();
        if (code == null || code.isEmpty()) {
            return refused(400, "Code is required");
        }
        var opened = code.length() > LONGEST_CODE ? null : database.tx(grant, tx ->
                codes.take(tx, code, flows.of(headers)).map(found -> {
                    var view = ProfileStudioApi.View.of(
                            tx, policies, found.user(), found.entry().home());
                    return new View(sessions.open(
                            tx, found.user(), found.entry(), view.claims()).secret(), view);
                }).orElse(null));
        return opened == null ? refused(401, "Invalid or expired code")
                : Answer.ok(opened).cookie(flows.clear()).header("Cache-Control", "no-store");
    }

    private static String text(Refusal.Reason reason) {
        return switch (reason) {
            case STATE -> "Invalid or expired authentication state";
            case DENIED -> "Authentication denied by provider";
            case NO_CODE -> "No authorization code received";
            case GONE -> "Provider not found";
            case UNREACHABLE -> "Provider configuration error";
            case UNPROVED -> "Authentication failed";
            case PERSON -> "Failed to retrieve user information";
            case NOT_LET_IN -> "Your email domain is not authorized to access this application";
            case ADDRESS_TAKEN, NOT_MEMBER, INACTIVE, ELSEWHERE, NO_FACTOR,
                    LINKED_ELSEWHERE ->
                reason.sentence();
        };
    }

    private static Answer<Refused> refused(int status, String text) {
        return Answer.ok(new Refused(text)).status(status);
    }
}
