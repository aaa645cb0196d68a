package orrery.kit.http;

import io.quarkus.arc.Unremovable;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import orrery.kit.access.Grant;
import org.jspecify.annotations.Nullable;

/// What a handler can ask for with `@Context`: the [Grant], the [PageAsk] and the [Exchange] of the
/// request that it answers.
@ApplicationScoped
public class Handed {
    private static final String GRANT = "orrery.grant";

    private final CurrentVertxRequest current;
    private final Expander expander;

    public Handed(CurrentVertxRequest current, Expander expander) {
        this.current = current;
        this.expander = expander;
    }

    static void grant(RoutingContext context, Grant grant) {
        context.put(GRANT, grant);
    }

    @Produces
    @Dependent
    @Unremovable
    Grant grant() {
        return grant(current.getCurrent());
    }

    static @Nullable Grant grantOrNull(RoutingContext context) {
        return context.get(GRANT);
    }

    static Grant grant(RoutingContext context) {
        Grant grant = context.get(GRANT);
        if (grant == null) {
            throw new IllegalStateException("the route was reached without a grant");
        }
        return grant;
    }

    @Produces
    @Dependent
    @Unremovable
    PageAsk pageAsk() {
        var context = current.getCurrent();
        var surface = Exchange.of(context).surface();
        var query = query(context);
        var route = Front.Found.of(context).route();
        var reserved = new TreeSet<>(route.parameters());
        reserved.addAll(surface.pageParameters().keySet());
        if (route.kind() == Route.Kind.NEEDS && surface.showsDeleted()) {
            reserved.add(Deleted.PARAMETER);
        }
        if (expander.knows(route)) {
            reserved.add(Expandables.PARAMETER);
        }
        var strict = surface.refusesUnknownFields();
        return surface.pageAsk(query).where(Filters.read(query, reserved, strict), strict)
                .with(reserved.contains(Deleted.PARAMETER) ? Deleted.asked(context)
                        : Deleted.HIDDEN);
    }

    @Produces
    @Dependent
    @Unremovable
    Deleted deleted() {
        return Deleted.asked(current.getCurrent());
    }

    @Produces
    @Dependent
    @Unremovable
    Query query() {
        return query(current.getCurrent());
    }

    @Produces
    @Dependent
    @Unremovable
    Whereabouts whereabouts() {
        return Whereabouts.of(current.getCurrent());
    }

    @Produces
    @Dependent
    @Unremovable
    Exchange exchange() {
        return Exchange.of(current.getCurrent());
    }

    private static Query query(RoutingContext context) {
        var parameters = new LinkedHashMap<String, List<String>>();
        for (var name : context.queryParams().names()) {
            parameters.put(name, List.copyOf(context.queryParams().getAll(name)));
        }
        return new Query(Map.copyOf(parameters));
    }
}
