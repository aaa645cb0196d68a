package orrery.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.CommandLineArguments;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.websockets.next.WebSocket;
import io.vertx.ext.web.Router;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import orrery.kit.Ids;
import orrery.kit.access.Access;
import orrery.kit.access.Grant;
import orrery.kit.config.Configuration;
import orrery.kit.db.Database;
import orrery.kit.events.Events;
import orrery.kit.events.Feed;
import orrery.kit.events.Signals;
import orrery.kit.http.Expandables;
import orrery.kit.http.Front;
import orrery.kit.http.Hosts;
import orrery.kit.http.Idempotency;
import orrery.kit.http.On;
import orrery.kit.http.Paging;
import orrery.kit.http.RateLimits;
import orrery.kit.http.RequestIds;
import orrery.kit.http.RouteScan;
import orrery.kit.http.Routes;
import orrery.kit.http.Surfaces;
import orrery.kit.http.Upgrades;
import orrery.kit.mail.Delivery;
import orrery.kit.mail.Mail;
import orrery.kit.secret.Resealing;
import orrery.kit.secret.Sealing;
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
    Limits limits(Configuration settings) {
        return settings.get(Limits.class);
    }

    @Produces
    @Singleton
    Database database(Storage storage) {
        return storage.database();
    }

    @Produces
    @Singleton
    Clock clock() {
        return Clock.systemUTC();
    }

    @Produces
    @Singleton
    RandomGenerator random() {
        return new SecureRandom();
    }

    @Produces
    @Singleton
    Ids ids(RandomGenerator random) {
        return new Ids(random);
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
        return RouteScan.of(apis(beans));
    }

    @Produces
    @Singleton
    Expandables expandables(BeanManager beans) {
        return Expandables.of(apis(beans));
    }

    private static Stream<Class<?>> apis(BeanManager beans) {
        return beans.getBeans(Object.class, Any.Literal.INSTANCE).stream()
                .<Class<?>>map(Bean::getBeanClass)
                .filter(api -> api.isAnnotationPresent(On.class)
                        || api.isAnnotationPresent(WebSocket.class))
                .distinct();
    }

    @Produces
    @Singleton
    Front front(
            Surfaces surfaces, Routes routes, Upgrades upgrades, Listening listening,
            Clock clock, MeterRegistry registry) {
        var hosts = new Hosts(listening.publicUrl(), listening.trustedProxies());
        var requestIds = new RequestIds(listening.region(), clock, new SecureRandom());
        return new Front(surfaces, routes, hosts, upgrades, requestIds, clock, PATIENCE,
                registry);
    }

    /// What the start itself may do, before anybody can be asked.
    private static Grant atTheStart(Clock clock, String what) {
        return new Access((principal, scope) -> Set.of(), clock).system(what);
    }

    @Produces
    @Singleton
    Signals signals(Storage storage, Clock clock) {
        return Signals.start(
                storage.address(), storage.database(), atTheStart(clock, "signals"));
    }

    void silence(@Disposes Signals signals) {
        signals.close();
    }

    @Produces
    @Singleton
    Sealing sealing(Storing storing, Database database, Clock clock) {
        var sealing = storing.sealingKeyFile() == null
                ? Sealing.openOrCreate(storing.sealingKey()) : Sealing.open(storing.sealingKey());
        new Resealing(database, sealing).check(atTheStart(clock, "sealing"));
        return sealing;
    }

    @Produces
    @Singleton
    Paging paging(Sealing sealing, Clock clock) {
        return new Paging(sealing, clock);
    }

    @Produces
    @Singleton
    Idempotency idempotency(Database database, Sealing sealing) {
        return new Idempotency(database, sealing);
    }

    @Produces
    @Singleton
    RateLimits rateLimits(Limits limits) {
        return new RateLimits(limits.requests(), limits.requestsUnknown());
    }

    @Produces
    @Singleton
    Events events(Database database, Signals signals, Ids ids) {
        return new Events(database, signals, ids);
    }

    @Produces
    @Singleton
    Mailing mailing(Configuration settings) {
        return settings.get(Mailing.class);
    }

    @Produces
    @Singleton
    Mail mail(Mailing mailing, Sealing sealing, Ids ids, Clock clock) {
        return new Mail(mailing.server(), sealing, ids, clock);
    }

    @Produces
    @Singleton
    Delivery delivery(
            Mailing mailing, Database database, Sealing sealing, Events events, Clock clock) {
        return new Delivery(database, mailing.server(), sealing, events, clock);
    }

    @Produces
    @Singleton
    Feed feed(Database database, Events events, Signals signals, Clock clock) {
        return new Feed(database, events, signals, atTheStart(clock, "feed"));
    }

    void cut(@Disposes Feed feed) {
        feed.close();
    }

    /// A database or a key that does not open stops the start, instead of the first request.
    void openEverything(@Observes StartupEvent start, Database database, Sealing sealing) {}

    void standInFront(@Observes Filters filters, Front front) {
        filters.register(front::handle, Integer.MAX_VALUE);
    }

    void standBehind(@Observes Router router, Front front) {
        router.route().order(Integer.MIN_VALUE + 2).failureHandler(front::failed);
    }
}
