package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Writes to one cluster, fenced. Only a saga or a loop has one.
///
/// Every object it writes carries the run and the token of its [Fence]. It reads before it writes,
/// stops with [Fence.Lost] when a newer token wrote the object, and writes with the version it
/// read, so that whoever was overtaken in between gets a conflict and reads again.
///
/// What is not there bears no token. So a change names the very object that it was read from, and
/// makes no other when that is gone; and who finds, after it made one, that its lease is over takes
/// it back: whoever has the work by then may have looked before it was there.
public final class Kube {
    /// Who wrote what we wrote, in the objects' own records (`managedFields`).
    public static final String MANAGER = "orrery";

    private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
    private static final int ATTEMPTS = 6;
    /// Reasons of our own, for which reading again at once helps nobody.
    private static final Set<String> OURS = Set.of("Foreign", "Leaving");

    private final Supplier<KubeClient> client;
    private final KubeView view;
    private final Fence fence;

    Kube(Supplier<KubeClient> client, Fence fence) {
        this.client = client;
        this.view = new KubeView(client);
        this.fence = fence;
    }

    /// The same cluster, for reading.
    public KubeView view() {
        return view;
    }

    /// Makes the object as described, and takes back what an earlier description of ours said and
    /// this one does not (server-side apply). It may be done any number of times.
    ///
    /// @return the object as it stands in the cluster now
    /// @throws KubeFailure with status 409 and reason `Foreign` when somebody else made an object
    ///     of that name; it is left alone. With reason `Leaving` while one of ours is being
    ///     deleted: another try, once it is gone, makes it anew
    public ObjectNode apply(ObjectNode object) {
        return write(object, Intent.APPLY).orElseThrow();
    }

    /// As [#apply], for what is there already: an object that is gone is not made anew.
    ///
    /// @return the object as it stands in the cluster now; empty when it is gone
    public Optional<ObjectNode> change(ObjectNode object) {
        return write(object, Intent.CHANGE);
    }

    /// As [#apply], for what many need: an object of that name that somebody else made is left as
    /// it is, and so is one that is as described, or that somebody newer wrote, who needs it as
    /// well.
    ///
    /// @return the object as it stands in the cluster now
    public ObjectNode ensure(ObjectNode object) {
        return write(object, Intent.ENSURE).orElseThrow();
    }

    private enum Intent { APPLY, CHANGE, ENSURE }

    /// Deletes the object, and what it owns after it; does nothing when it is gone.
    ///
    /// @throws KubeFailure with status 409 and reason `Foreign` when we did not make it
    public void delete(Kind kind, @Nullable String namespace, String name) {
        delete(kind, namespace, name, fence::check);
    }

    private void delete(Kind kind, @Nullable String namespace, String name, Runnable allowed) {
        for (int attempt = 1; ; attempt++) {
            allowed.run();
            var found = view.find(kind, namespace, name);
            if (found.isEmpty()) {
                return;
            }
            if (!isOurs(found.get())) {
                throw foreign(kind, name);
            }
            checkNewest(found.get());
            try {
                remove(kind, found.get());
                return;
            } catch (KubeFailure failure) {
                if (!failure.isStale() || attempt >= ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    /// Deletes an object of ours as it was seen. One that somebody changed since is left alone, and
    /// so is one that somebody else made.
    ///
    /// @return whether it was deleted
    public boolean deleteAsSeen(Kind kind, ObjectNode seen) {
        fence.check();
        if (!isOurs(seen)) {
            return false;
        }
        try {
            remove(kind, seen);
            return true;
        } catch (KubeFailure failure) {
            if (failure.isStale()) {
                return false;
            }
            throw failure;
        }
    }

    private void remove(Kind kind, ObjectNode seen) {
        var metadata = seen.path("metadata");
        var options = KubeClient.JSON.createObjectNode()
                .put("apiVersion", "v1").put("kind", "DeleteOptions")
                .put("propagationPolicy", "Background");
        options.putObject("preconditions")
                .put("uid", metadata.path("uid").asText())
                .put("resourceVersion", metadata.path("resourceVersion").asText());
        var path = kind.path(metadata.path("namespace").asText(null),
                metadata.path("name").asText());
        try {
            client.get().send(KubeCall.delete(path, options));
        } catch (KubeFailure failure) {
            if (failure.status() != 404) {
                throw failure;
            }
        }
    }

    /// Asks for something to be done with an object that is no change of its description: an action
    /// that is put to it, such as `pause`.
    ///
    /// @param kind of the object of ours; it must not have been written with a newer token
    /// @param actions where its actions are: often a group of their own
    /// @throws KubeFailure with status 409 when its state does not allow it
    public void act(Kind kind, String namespace, String name, Kind actions, String action) {
        fence.check();
        view.find(kind, namespace, name).ifPresent(this::checkNewest);
        client.get().send(KubeCall.put(actions.path(namespace, name) + "/" + action));
    }

    /// A token for a service account.
    ///
    /// @param expires as the cluster decided; it may be sooner than asked for
    public record Issued(String token, Instant expires) {
        @Override
        public String toString() {
            return "Issued[" + expires + "]";
        }
    }

    /// Asks for a token of a service account (TokenRequest). The token dies with the account.
    public Issued token(String namespace, String serviceAccount, Duration validity) {
        fence.check();
        return token(client.get(), namespace, serviceAccount, validity);
    }

    static Issued token(
            KubeClient client, String namespace, String serviceAccount, Duration validity) {
        var ask = KubeClient.JSON.createObjectNode()
                .put("apiVersion", "authentication.k8s.io/v1").put("kind", "TokenRequest");
        ask.putObject("spec").put("expirationSeconds", validity.toSeconds());
        var path = Kind.SERVICE_ACCOUNT.path(namespace, serviceAccount) + "/token";
        var status = client.send(KubeCall.post(path, ask)).path("status");
        return new Issued(status.path("token").asText(),
                Instant.parse(status.path("expirationTimestamp").asText()));
    }

    private Optional<ObjectNode> write(ObjectNode described, Intent intent) {
        var name = described.at("/metadata/name").asText();
        var kind = kind(described);
        var namespace = kind.namespaced() ? described.at("/metadata/namespace").asText() : null;
        for (int attempt = 1; ; attempt++) {
            fence.check();
            var found = view.find(kind, namespace, name);
            try {
                if (found.isEmpty()) {
                    return intent == Intent.CHANGE ? Optional.empty()
                            : Optional.of(create(kind, namespace, described, intent));
                }
                if (intent == Intent.ENSURE && (!isOurs(found.get())
                        || writtenBy(found.get()) > fence.token()
                        || says(found.get(), described))) {
                    return found;
                }
                if (isOurs(found.get())) {
                    checkNewest(found.get());
                    if (intent == Intent.APPLY && isLeaving(found.get())) {
                        throw new KubeFailure(409, "Leaving", kind.kind() + " " + name + " on "
                                + client.get().name() + " is being deleted");
                    }
                    return Optional.of(
                            change(kind.path(namespace, name), described, found.get()));
                }
                throw foreign(kind, name);
            } catch (KubeFailure failure) {
                boolean raced = failure.isStale() || failure.reason().equals("AlreadyExists")
                        || failure.status() == 404 && found.isPresent();
                if (!raced || OURS.contains(failure.reason()) || attempt >= ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    /// A plain create: an apply would quietly become a change when somebody newer was faster.
    private ObjectNode create(
            Kind kind, @Nullable String namespace, ObjectNode described, Intent intent) {
        var call = KubeCall.post(kind.path(namespace), marked(described));
        var made = (ObjectNode) client.get().send(call.with("fieldManager", MANAGER));
        // What many need, and ensure, somebody may use already.
        if (intent == Intent.APPLY && !fence.held().getAsBoolean()) {
            delete(kind, namespace, described.at("/metadata/name").asText(), () -> { });
            fence.check();
        }
        return made;
    }

    private ObjectNode change(String path, ObjectNode described, ObjectNode found) {
        JsonNode current = ManagedFields.asApplied(found, MANAGER)
                .<JsonNode>map(patch -> client.get().send(KubeCall.patch(path, patch)))
                .orElse(found);
        var object = marked(described);
        // An apply would create it anew; with the UID of one that is gone it is refused.
        object.withObjectProperty("metadata")
                .put("uid", current.at("/metadata/uid").asText())
                .put("resourceVersion", current.at("/metadata/resourceVersion").asText());
        var call = KubeCall.apply(path, object)
                .with("fieldManager", MANAGER).with("force", "true");
        return (ObjectNode) client.get().send(call);
    }

    private Kind kind(ObjectNode object) {
        var apiVersion = object.path("apiVersion").asText();
        var kind = object.path("kind").asText();
        return view.kind(apiVersion, kind).orElseThrow(() -> new KubeFailure(404, "NoSuchKind",
                client.get().name() + " does not serve " + kind + " of " + apiVersion));
    }

    private ObjectNode marked(ObjectNode described) {
        var object = described.deepCopy();
        var metadata = object.withObjectProperty("metadata");
        metadata.remove("managedFields");
        metadata.withObjectProperty("labels").put(MANAGED_BY, MANAGER);
        metadata.withObjectProperty("annotations")
                .put(Fence.RUN, fence.run())
                .put(Fence.TOKEN, Long.toString(fence.token()));
        return object;
    }

    /// Whether an object has all that is described. Who needs it beside a hundred others would
    /// only be in their way.
    private static boolean says(JsonNode object, JsonNode described) {
        return described.isObject() ? described.properties().stream()
                .allMatch(it -> says(object.path(it.getKey()), it.getValue()))
                : described.equals(object);
    }

    private static boolean isLeaving(ObjectNode object) {
        return object.path("metadata").has("deletionTimestamp");
    }

    private static boolean isOurs(ObjectNode object) {
        return object.path("metadata").path("annotations").has(Fence.RUN);
    }

    private void checkNewest(ObjectNode object) {
        var metadata = object.path("metadata");
        fence.checkNewest(
                object.path("kind").asText() + " " + metadata.path("name").asText(),
                metadata.path("annotations").path(Fence.RUN).asText(),
                writtenBy(object));
    }

    private static long writtenBy(ObjectNode object) {
        return object.path("metadata").path("annotations").path(Fence.TOKEN).asLong();
    }

    private KubeFailure foreign(Kind kind, String name) {
        return new KubeFailure(409, "Foreign", kind.kind() + " " + name + " on "
                + client.get().name()
                + " exists and was made by somebody else; rename or remove it");
    }
}
