package orrery.kit.http;

import io.quarkus.websockets.next.HttpUpgradeCheck;
import io.quarkus.websockets.next.UserData.TypedKey;
import io.quarkus.websockets.next.WebSocketConnection;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import orrery.kit.Problem;
import orrery.kit.access.Grant;

/// Admits those who open a WebSocket. A refusal is answered before the upgrade, in the format of
/// the surface, with a body; the upgrade's own check could only give a status.
///
/// An endpoint is a class with `@WebSocket`, [On] and one of [Needs], [Open] and [Own]; it finds
/// its grant with [#grant].
@ApplicationScoped
public class Upgrades implements HttpUpgradeCheck {
    private static final TypedKey<Grant> GRANT = new TypedKey<>("orrery.grant");
    private static final TypedKey<BooleanSupplier> STILL = new TypedKey<>("orrery.still");
    private static final String ID = "X-Request-Id";

    private final Doorkeeper doorkeeper;
    private final Instance<UpgradeGuard> guards;
    private final Map<String, Admitted> admitted = new ConcurrentHashMap<>();

    private record Admitted(Grant grant, BooleanSupplier still) {}

    Upgrades(Doorkeeper doorkeeper, @Any Instance<UpgradeGuard> guards) {
        this.doorkeeper = doorkeeper;
        this.guards = guards;
    }

    /// The grant that a connection was opened with.
    public static Grant grant(WebSocketConnection connection) {
        return connection.userData().get(GRANT);
    }

    /// Whether the credential that a connection was opened with still counts, and its person still
    /// may be there. For a thread that may wait.
    public static boolean mayStill(WebSocketConnection connection) {
        return connection.userData().get(STILL).getAsBoolean();
    }

    /// Asks the doorkeeper, on a thread that may wait, and lets the request on or refuses it.
    void admit(RoutingContext context) {
        if (!isUpgrade(context.request())) {
            throw new Problem.Malformed("request", "a WebSocket upgrade is expected here").raise();
        }
        // Ours by now: the endpoint's check finds the grant by it.
        var id = Exchange.of(context).requestId();
        context.request().headers().set(ID, id);
        context.request().pause();
        var vertx = Vertx.currentContext();
        Thread.ofVirtual().name("upgrade").start(() -> {
            try {
                var grant = doorkeeper.admit(context, () -> Whereabouts.of(context));
                ask(Front.Found.of(context), grant);
                vertx.runOnContext(_ -> {
                    admitted.put(id, new Admitted(
                            grant, () -> doorkeeper.mayStill(context)));
                    context.addEndHandler(_ -> admitted.remove(id));
                    context.request().resume();
                    context.next();
                });
            } catch (RuntimeException e) {
                vertx.runOnContext(_ -> context.fail(e));
            }
        });
    }

    private void ask(Front.Found found, Grant grant) {
        for (var guard : guards) {
            if (guard.path().equals(found.route().template())) {
                guard.check(grant, found.parameters());
            }
        }
    }

    private static boolean isUpgrade(HttpServerRequest request) {
        return "websocket".equalsIgnoreCase(request.getHeader("Upgrade"))
                && request.getHeader("Sec-WebSocket-Key") != null;
    }

    @Override
    public Uni<CheckResult> perform(HttpUpgradeContext context) {
        var found = admitted.remove(context.httpRequest().getHeader(ID));
        if (found == null) {
            return CheckResult.rejectUpgrade(403);
        }
        context.userData().put(GRANT, found.grant());
        context.userData().put(STILL, found.still());
        return CheckResult.permitUpgrade();
    }
}
