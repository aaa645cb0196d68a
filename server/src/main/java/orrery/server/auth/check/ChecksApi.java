package orrery.server.auth.check;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import org.jspecify.annotations.Nullable;
import orrery.kit.Mistakes;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Own;
import orrery.server.iam.policy.Explanation;
import orrery.server.iam.role.Permissions;
import orrery.server.surface.Cloud;

/// What somebody may do, as the cloud family answers it.
@Path("/v1/regions/global/auth/check")
@RunOnVirtualThread
@On(Cloud.class)
public final class ChecksApi {
    private static final int MOST = 100;

    private final Checks checks;

    /// @param action a permission: `compute.clusters.create`
    /// @param resource identifier of an organization, a project or a resource
    record Question(String action, String resource) {}

    /// @param subject identifier of a user, an API key or a client; the caller itself when it is
    ///     left out
    record Asked(@Nullable String subject, List<Question> checks) {
        Asked {
            var mistakes = new Mistakes().check("checks", checks,
                    it -> !it.isEmpty() && it.size() <= MOST, "must be 1 to " + MOST);
            for (int i = 0; checks != null && i < checks.size() && i < MOST; i++) {
                var action = checks.get(i) == null ? null : checks.get(i).action();
                mistakes.check("checks[" + i + "].action", action, Permissions.ALL::contains,
                        "is no permission: /v1/regions/global/iam/permissions lists them");
            }
            mistakes.orRefuse();
        }
    }

    /// @param reason why, in words; `null` unless asked for with `explain=true`
    record Result(boolean allowed, @Nullable String reason, Explanation.@Nullable Via via) {}

    record Results(List<Result> results) {}

    public ChecksApi(Checks checks) {
        this.checks = checks;
    }

    /// 1 to 100 questions, answered at one moment, in their order.
    @POST
    @Own
    public Answer<Results> check(@Context Grant grant,
            @QueryParam("explain") @Nullable Boolean explain, Asked asked) {
        var verdicts = checks.answer(grant, asked.subject(), asked.checks().stream()
                .map(it -> new Checks.Question(new Permission(it.action()), it.resource()))
                .toList(), Boolean.TRUE.equals(explain));
        return Answer.ok(new Results(verdicts.stream().map(it -> new Result(it.allowed(),
                it.why() == null ? null : it.why().reason(),
                it.why() == null ? null : it.why().via())).toList()));
    }
}
