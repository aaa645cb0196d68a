package orrery.server;

import io.quarkus.arc.DefaultBean;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.CommandLineArguments;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.websockets.next.WebSocket;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.access.Access;
import orrery.kit.config.Configuration;
import orrery.kit.db.Database;
import orrery.kit.http.Authenticator;
import orrery.kit.http.Front;
import orrery.kit.http.Hosts;
import orrery.kit.http.On;
import orrery.kit.http.Places;
import orrery.kit.http.RequestIds;
import orrery.kit.http.RouteScan;
import orrery.kit.http.Routes;
import orrery.kit.http.Surfaces;
import orrery.kit.http.Upgrades;
import orrery.server.auth.setup.SetupCode;
import orrery.server.surface.Cloud;
import orrery.server.surface.OAuth;
import orrery.server.surface.Plain;
import orrery.server.surface.Studio;
import orrery.server.surface.Workspace;

/// What is wired to what: the objects that live as long as the server, in one place.
@ApplicationScoped
class Wiring {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Produces
    @Singleton
    Configuration settings(@CommandLineArguments String[] arguments) {
        return Settings.read(arguments);
    }

    @Produces
    @Singleton
    Listening listening(Configuration settings) {
        return settings.get(Listening.class);
    }

    @Produces
    @Singleton
    Storing storing(Configuration settings) {
        return settings.get(Storing.class);
    }

    @Produces
    @Singleton
    Database database(Storage storage) {
        return storage.database();
    }

    @Produces
    @Singleton
    SetupCode setupCode(Storing storing) {
        return new SetupCode(storing.data(), () -> true, new SecureRandom());
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    Ids ids() {
        return new Ids(new SecureRandom());
    }

    @Produces
    @Singleton
    Surfaces surfaces() {
        return new Surfaces(List.of(
                new Cloud(), new Studio(), new Workspace(), new OAuth(), new Plain()));
    }

    @Produces
    @Singleton
    Routes routes(BeanManager beans) {
        return RouteScan.of(beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .<Class<?>>map(Bean::getBeanClass)
                .filter(api -> api.isAnnotationPresent(On.class)
                        || api.isAnnotationPresent(WebSocket.class))
                .distinct());
    }

    @Produces
    @Singleton
    Front front(
            Surfaces surfaces, Routes routes, Upgrades upgrades, Listening listening,
            Clock clock) {
        var requestIds = new RequestIds(listening.region(), clock, new SecureRandom());
        return new Front(surfaces, routes, new Hosts(listening.publicUrl()), upgrades,
                requestIds, clock, PATIENCE);
    }

    /// Nobody holds anything, until there are users.
    @Produces
    @Singleton
    @DefaultBean
    Access access(Clock clock) {
        return new Access((principal, scope) -> Set.of(), clock);
    }

    @Produces
    @Singleton
    @DefaultBean
    Authenticator authenticator() {
        return (call, credentials) -> call;
    }

    @Produces
    @Singleton
    @DefaultBean
    Places places() {
        return (call, place, parameters) -> {
            throw new Problem.NotFound(place.name().toLowerCase(Locale.ROOT), "").raise();
        };
    }

    /// A database that does not open stops the start, instead of the first request.
    void openTheDatabase(@Observes StartupEvent start, Database database) {}

    void standInFront(@Observes Filters filters, Front front) {
        filters.register(front::handle, Integer.MAX_VALUE);
    }

    void standBehind(@Observes Router router, Front front) {
        router.route().order(Integer.MIN_VALUE + 2).failureHandler(front::failed);
    }
}
