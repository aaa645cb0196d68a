package orrery.server.auth.openid;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import java.net.URI;
import java.util.Map;
import java.util.stream.Collectors;
import orrery.kit.http.Answer;
import orrery.kit.http.On;
import orrery.kit.http.Open;
import orrery.kit.http.Query;
import orrery.server.surface.Cloud;

/// The address that the cloud family has for authorization requests: it leads to the pages.
@Path("/v1/regions/global/auth/authorize")
@RunOnVirtualThread
@On(Cloud.class)
public final class AuthorizeCloudApi {
    @GET
    @Open
    public Answer<Void> authorize(@Context Query query) {
        var asked = query.parameters().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .flatMap(one -> one.getValue().stream().map(value ->
                        Target.encoded(one.getKey()) + "=" + Target.encoded(value)))
                .collect(Collectors.joining("&"));
        return Answer.redirect(URI.create("/oauth2/authorize?" + asked))
                .header("Cache-Control", "no-store");
    }
}
