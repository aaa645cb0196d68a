package orrery.sim.api;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import orrery.sim.rbac.Attributes;
import orrery.sim.rbac.Authorizer;
import orrery.sim.type.Refusal;

/// Which part of the protocol answers a call, and whether the caller may ask.
final class Router {
    private final Resources resources;
    private final Subresources subresources;
    private final Reviews reviews;
    private final Streams streams;
    private final Metrics metrics;
    private final List<Action> actions;

    Router(Resources resources, Subresources subresources, Reviews reviews, Streams streams,
            Metrics metrics, List<Action> actions) {
        this.metrics = metrics;
        this.resources = resources;
        this.subresources = subresources;
        this.reviews = reviews;
        this.streams = streams;
        this.actions = actions;
    }

    Answer answer(Call call) {
        String first = call.path().isEmpty() ? "" : call.path().getFirst();
        if (first.equals("api") || first.equals("apis")) {
            var target = Target.of(call.cluster().types(), call.path());
            if (target.isPresent()) {
                return resource(call, target.get());
            }
            var action = Action.of(actions, call);
            if (action.isPresent()) {
                return action.get().take(call);
            }
        }
        authorize(call, Attributes.path(verb(call.method()), call.pathText()));
        if (!List.of("GET", "HEAD").contains(call.method())) {
            throw methodNotAllowed();
        }
        return switch (first) {
            case "api", "apis", "" -> Discovery.answer(call);
            case "openapi" -> OpenApi.answer(call);
            case "version" -> {
                if (call.path().size() > 1) {
                    throw Target.unknown();
                }
                yield Discovery.version();
            }
            case "healthz", "livez", "readyz" -> Answer.text("ok");
            default -> throw Target.unknown();
        };
    }

    /// Authorises a pod's stream; what is returned then carries it on the event loop.
    Runnable stream(Call call, HttpServerRequest http) {
        Target target = Target.of(call.cluster().types(), call.path())
                .orElseThrow(Target::unknown);
        authorize(call, target.attributes(call.method(), false));
        return streams.carry(call, target, http);
    }

    private Answer resource(Call call, Target target) {
        boolean watching = call.method().equals("GET") && (target.watch() || call.flag("watch"));
        authorize(call, target.attributes(call.method(), watching));
        if (reviews.isReview(target.type())) {
            return reviews.answer(call, target);
        }
        if (Metrics.isMetric(target.type())) {
            return metrics.answer(call, target);
        }
        if (!target.subresource().isEmpty()) {
            return subresources.answer(call, target);
        }
        return switch (call.method()) {
            case "GET", "HEAD" -> watching ? resources.watch(call, target)
                    : target.collection() ? resources.list(call, target)
                    : resources.get(call, target);
            case "POST" -> resources.create(call, requireCollection(target));
            case "PUT" -> resources.update(call, requireObject(target));
            case "PATCH" -> resources.patch(call, requireObject(target));
            case "DELETE" -> target.collection() ? resources.deleteAll(call, target)
                    : resources.delete(call, target);
            default -> throw methodNotAllowed();
        };
    }

    static void authorize(Call call, Attributes asked) {
        if (!Authorizer.allows(call.cluster(), call.user(), asked)) {
            throw denied(call, asked);
        }
    }

    private static Refusal denied(Call call, Attributes asked) {
        if (!asked.path().isEmpty()) {
            return Refusal.plain(403, "Forbidden", "forbidden: User \"%s\" cannot %s path \"%s\""
                    .formatted(call.user().name(), asked.verb(), asked.path()));
        }
        String where = asked.namespace().isEmpty() ? " at the cluster scope"
                : " in the namespace \"" + asked.namespace() + "\"";
        int slash = asked.resource().indexOf('/');
        String plural = slash < 0 ? asked.resource() : asked.resource().substring(0, slash);
        return Refusal.forbidden(
                new Refusal.ResourceRef(asked.group(), plural, plural, asked.name()),
                "User \"%s\" cannot %s resource \"%s\" in API group \"%s\"%s".formatted(
                        call.user().name(), asked.verb(), asked.resource(), asked.group(),
                        where));
    }

    private static String verb(String method) {
        return method.equals("HEAD") ? "get" : method.toLowerCase(java.util.Locale.ROOT);
    }

    private static Target requireCollection(Target target) {
        if (!target.collection()
                || target.type().namespaced() && target.namespace().isEmpty()) {
            throw methodNotAllowed();
        }
        return target;
    }

    private static Target requireObject(Target target) {
        if (target.collection()) {
            throw methodNotAllowed();
        }
        return target;
    }

    static Refusal methodNotAllowed() {
        return Refusal.plain(405, "MethodNotAllowed",
                "the server does not allow this method on the requested resource");
    }
}
