package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads of one cluster: objects, lists, watches, logs, shells. It changes no object.
///
/// Every method throws [KubeFailure] when the cluster does not answer or refuses.
public final class KubeView {
    private static final int PAGE = 500;
    private static final int MOST = 20_000;

    private final Supplier<KubeClient> client;

    KubeView(Supplier<KubeClient> client) {
        this.client = client;
    }

    /// The object, or empty when it does not exist.
    public Optional<ObjectNode> find(Kind kind, @Nullable String namespace, String name) {
        try {
            var answer = client.get().send(KubeCall.get(kind.path(namespace, name)));
            return answer instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (KubeFailure failure) {
            if (failure.status() == 404) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// All objects of a kind, 20,000 at most.
    ///
    /// @param namespace `null` for all namespaces
    /// @param labels a label selector such as `app=web,tier!=db`; `null` for all
    public List<ObjectNode> list(Kind kind, @Nullable String namespace, @Nullable String labels) {
        var objects = new ArrayList<ObjectNode>();
        each(kind, namespace, labels, objects::add);
        return objects;
    }

    /// As [#list], one object after the other: thousands need not be in memory at a time.
    ///
    /// @return the list's version, to watch from
    public String each(Kind kind, @Nullable String namespace, @Nullable String labels,
            Consumer<ObjectNode> each) {
        return pages(client.get(), listing(kind, namespace, labels), each);
    }

    /// Follows the objects of a kind until the watch is closed. The listener is called by one
    /// thread, in order, and must not block for long.
    public KubeWatch watch(Kind kind, @Nullable String namespace, @Nullable String labels,
            Consumer<KubeEvent> listener) {
        return new KubeWatch(client, listing(kind, namespace, labels), null, listener);
    }

    /// As above for who has read a list: only what changed after its version is told.
    public KubeWatch watch(Kind kind, @Nullable String namespace, @Nullable String labels,
            String version, Consumer<KubeEvent> listener) {
        return new KubeWatch(client, listing(kind, namespace, labels), version, listener);
    }

    /// How this cluster serves a kind; empty when it does not.
    public Optional<Kind> kind(String apiVersion, String kind) {
        return client.get().discovery().find(apiVersion, kind);
    }

    /// The first of several kinds that this cluster serves: `batch/v1` before `batch/v1beta1`.
    public Optional<Kind> first(List<Kind> wanted) {
        return client.get().discovery().first(wanted);
    }

    /// The server's version, such as `v1.34.1`.
    public String version() {
        return client.get().send(KubeCall.get("/version")).path("gitVersion").asText();
    }

    /// Who a service account's token is of, as the cluster says.
    ///
    /// @param account `system:serviceaccount:NAMESPACE:NAME`
    /// @param uid of the account
    /// @param podUid of the pod that the token is bound to; empty when it is bound to none
    public record Reviewed(String account, String uid, String podUid) {}

    /// Asks the cluster whether a token is good for an audience (TokenReview, which keeps nothing);
    /// empty when it is not.
    public Optional<Reviewed> review(String token, String audience) {
        var ask = KubeClient.JSON.createObjectNode()
                .put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenReview");
        ask.putObject("spec").put("token", token).putArray("audiences").add(audience);
        var status = client.get().send(KubeCall.post(
                "/apis/authentication.k8s.io/v1/tokenreviews", ask)).path("status");
        var isGood = status.path("authenticated").asBoolean();
        // A server that knows nothing of audiences says none: then it did not look.
        for (var good : status.path("audiences")) {
            if (isGood && good.asText().equals(audience)) {
                var user = status.path("user");
                return Optional.of(new Reviewed(user.path("username").asText(),
                        user.path("uid").asText(), user.path("extra")
                                .path("authentication.kubernetes.io/pod-uid").path(0).asText()));
            }
        }
        return Optional.empty();
    }

    /// Asks for a token of a service account for the cluster itself (TokenRequest, which changes no
    /// object). It dies with the account.
    public Kube.Issued token(String namespace, String serviceAccount, Duration validity) {
        return Kube.token(client.get(), namespace, serviceAccount, validity);
    }

    /// What to read of a container's log.
    ///
    /// @param container `null` for the pod's only one
    /// @param tail last lines to begin with; `null` for all
    /// @param since how far back; `null` for all
    public record LogAsk(
            @Nullable String container,
            boolean follow,
            boolean previous,
            boolean timestamps,
            @Nullable Integer tail,
            @Nullable Duration since) {}

    /// A container's log as bytes. Close it to stop following.
    public InputStream logs(String namespace, String pod, LogAsk ask) {
        var call = KubeCall.get(Kind.POD.path(namespace, pod) + "/log")
                .with("container", ask.container())
                .with("follow", ask.follow() ? "true" : null)
                .with("previous", ask.previous() ? "true" : null)
                .with("timestamps", ask.timestamps() ? "true" : null)
                .with("tailLines", ask.tail() == null ? null : ask.tail().toString())
                .with("sinceSeconds",
                        ask.since() == null ? null : String.valueOf(ask.since().toSeconds()));
        var open = client.get();
        return ask.follow() ? open.follow(call, Duration.ofHours(12))
                : open.stream(call, open.limits().answer());
    }

    /// Runs a program in a container.
    ///
    /// @param container `null` for the pod's only one
    public record ExecAsk(
            @Nullable String container, List<String> command, boolean stdin, boolean tty) {
        public ExecAsk {
            command = List.copyOf(command);
        }
    }

    /// Starts a program in a container, with its streams. Close it to end the program.
    public KubeExec exec(String namespace, String pod, ExecAsk ask) {
        return KubeExec.start(client.get(), namespace, pod, ask);
    }

    private static KubeCall listing(
            Kind kind, @Nullable String namespace, @Nullable String labels) {
        return KubeCall.get(kind.path(namespace)).with("labelSelector", labels);
    }

    /// Reads a list page by page and answers its version. Items of a list carry neither kind nor
    /// version of their own, so they are given the list's.
    static String pages(KubeClient client, KubeCall list, Consumer<ObjectNode> each) {
        var next = list.with("limit", String.valueOf(PAGE));
        int count = 0;
        while (true) {
            var page = client.send(next);
            for (JsonNode item : page.path("items")) {
                if (++count > MOST) {
                    throw new KubeFailure(413, "TooMany",
                            client.name() + " has more than " + MOST + " of " + list.path());
                }
                var object = (ObjectNode) item;
                object.put("apiVersion", page.path("apiVersion").asText());
                object.put("kind", page.path("kind").asText().replaceFirst("List$", ""));
                each.accept(object);
            }
            var more = page.path("metadata").path("continue").asText("");
            if (more.isEmpty()) {
                return page.path("metadata").path("resourceVersion").asText();
            }
            next = list.with("limit", String.valueOf(PAGE)).with("continue", more);
        }
    }
}
