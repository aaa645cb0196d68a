package orrery.kit.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.access.Call;
import orrery.kit.access.Grant;
import orrery.kit.access.Permission;
import orrery.kit.http.Expandables.Wanted;

/// Puts the things beside a view that the caller asked to see with it. Each is looked at as the
/// caller: what it may not see is `null`, as is what is gone.
@ApplicationScoped
public class Expander {
    /// Different things in one answer.
    private static final int MOST = 1_000;

    private final Expandables expandables;
    private final Instance<Expandable> shows;
    private final Places places;
    private final Access access;

    public Expander(
            Expandables expandables, @Any Instance<Expandable> shows, Places places,
            Access access) {
        this.expandables = expandables;
        this.shows = shows;
        this.places = places;
        this.access = access;
    }

    /// Refuses what cannot be expanded, before the route is asked.
    void check(RoutingContext context, Route route) {
        if (isAsked(context, route)) {
            expandables.read(route, asked(context));
        }
    }

    /// Whether a route knows the parameter.
    boolean knows(Route route) {
        return !expandables.names(route).isEmpty();
    }

    private boolean isAsked(RoutingContext context, Route route) {
        return context.queryParams().contains(Expandables.PARAMETER) && knows(route);
    }

    private static List<String> asked(RoutingContext context) {
        return context.queryParams().getAll(Expandables.PARAMETER);
    }

    /// The answer with what was asked for beside it.
    Answer<?> expand(RoutingContext context, Route route, Call call, Answer<?> answer) {
        if (!isAsked(context, route) || answer.body() == null || answer.mediaType() != null) {
            return answer;
        }
        var work = new Work(call);
        var wanted = expandables.read(route, asked(context));
        return answer.showing(answer.body() instanceof Page<?> page
                ? page.map(item -> work.beside(item, wanted))
                : work.beside(answer.body(), wanted));
    }

    /// One answer's: a thing that many items name is looked at once.
    private final class Work {
        private final Call call;
        private final Map<String, JsonNode> seen = new HashMap<>();

        Work(Call call) {
            this.call = call;
        }

        JsonNode beside(Object view, Wanted wanted) {
            ObjectNode shown = Json.shared().valueToTree(view);
            wanted.within().forEach((name, within) -> {
                var id = shown.path(Expandables.field(name)).textValue();
                shown.set(name, id == null ? JsonNodeFactory.instance.nullNode()
                        : beside(name, id, within));
            });
            return shown;
        }

        private JsonNode beside(String name, String id, Wanted within) {
            var key = name + " " + id + " " + within;
            var known = seen.get(key);
            if (known == null) {
                if (seen.size() >= MOST) {
                    throw Expandables.bad("more than " + MOST
                            + " things would be shown: ask for a smaller page", List.of());
                }
                known = look(name, id, within);
                seen.put(key, known);
            }
            return known;
        }

        private JsonNode look(String name, String id, Wanted within) {
            var kind = expandables.kind(name);
            try {
                return beside(show(kind).show(grant(call, kind, id), id), within);
            } catch (Problem.Failure refusal) {
                if (refusal.problem() instanceof Problem.NotFound
                        || refusal.problem() instanceof Problem.Forbidden) {
                    return JsonNodeFactory.instance.nullNode();
                }
                throw refusal;
            }
        }
    }

    private Grant grant(Call call, Expandables.Kind kind, String id) {
        var needs = kind.needs();
        return needs == null ? access.self(call)
                : access.require(call, new Permission(needs.value()), places.find(
                        call, needs.in(),
                        Map.of("organization", id, "project", id, "resource", id)));
    }

    private Expandable show(Expandables.Kind kind) {
        return shows.stream().filter(kind.api()::isInstance).findFirst().orElseThrow();
    }
}
