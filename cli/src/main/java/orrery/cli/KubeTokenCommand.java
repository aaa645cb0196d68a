package orrery.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `orrery kube-token`: what kubectl runs by a kubeconfig without a secret. It has a kubeconfig
/// issued for the caller, the shortest-lived that there is, and prints its token as an
/// ExecCredential (client-go's credential plugins).
@Command(
        name = "kube-token",
        description = "Prints a token for a cluster, as kubectl asks for it.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class KubeTokenCommand implements Callable<Integer> {
    /// The least that clusters give.
    private static final Duration TTL = Duration.ofMinutes(10);

    /// So long before its end a token counts as ended: requests are on their way, clocks differ.
    private static final Duration RESERVE = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Mixin
    private SignIn signIn;

    @Option(names = "--cluster", paramLabel = "PATH", required = true,
            description = "The cluster's selfLink.")
    private String cluster;

    @Option(names = "--token", description = "An API key; better given as ORRERY_TOKEN.",
            defaultValue = "${env:ORRERY_TOKEN}")
    private @Nullable String token;

    @Option(names = "--cache", paramLabel = "DIR",
            description = "Where tokens are kept until they end (${DEFAULT-VALUE}).",
            defaultValue = "${env:XDG_CACHE_HOME:-${sys:user.home}/.cache}")
    private Path cache;

    @Override
    public Integer call() {
        if (!cluster.startsWith("/v1/regions/")) {
            throw new ParameterException(spec.commandLine(), "--cluster is the selfLink of a"
                    + " cluster, /v1/regions/…/compute/clusters/cls_…, not " + cluster);
        }
        if (token == null && (signIn.email() == null || signIn.password() == null)) {
            throw new Refused("Say who you are: an API key in ORRERY_TOKEN, or ORRERY_EMAIL and"
                    + " ORRERY_PASSWORD");
        }
        var clock = Clock.systemUTC();
        var kept = new KeptCredentials(cache.resolve("orrery").resolve("kube-tokens"), clock);
        var name = String.join(" ", signIn.url().toString(), cluster,
                token == null ? signIn.email() : token);
        spec.commandLine().getOut().println(kept.get(name, () -> issue(
                signIn.server(Duration.ofSeconds(5)), new Patience(clock))));
        return 0;
    }

    private String issue(Api api, Patience patience) {
        if (token != null) {
            return credential(api.as(token), patience);
        }
        var person = api.as(api.post("/v1/api/auth/login",
                Map.of("email", signIn.email(), "password", signIn.password())).need("/token"));
        try {
            return credential(person, patience);
        } finally {
            person.tryDelete("/v1/regions/global/auth/session");
        }
    }

    private String credential(Api api, Patience patience) {
        var path = api.post(cluster + "/kubeconfigs", Map.of("ttl", TTL.toSeconds()))
                .need("/data/selfLink");
        patience.until(LIMIT, () -> path + " did not become active", () -> {
            var state = api.get(path).need("/data/state");
            if (state.equals("failed")) {
                throw new Refused("The cluster refused to issue a token; see " + path);
            }
            return state.equals("active");
        });
        var object = JsonNodeFactory.instance.objectNode()
                .put("apiVersion", "client.authentication.k8s.io/v1")
                .put("kind", "ExecCredential");
        object.putObject("status").put("token", token(api.get(path + "/download")))
                .put("expirationTimestamp", Instant.parse(
                        api.get(path).need("/data/expiresAt")).minus(RESERVE).toString());
        return object.toString();
    }

    private static String token(Answer kubeconfig) {
        return Answer.JSON.valueToTree(new Load(LoadSettings.builder().build())
                .loadFromString(kubeconfig.text())).at("/users/0/user/token").asText();
    }
}
