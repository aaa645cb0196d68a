package orrery.server.platform.stack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import orrery.kit.Ids;
import orrery.kit.Problem;
import orrery.kit.Problem.Mistake;
import orrery.kit.Slug;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.db.Database;
import orrery.kit.db.Tx;
import orrery.kit.events.Events;
import orrery.kit.events.NewEvent;
import orrery.kit.events.Subject;
import orrery.kit.http.IfMatch;
import orrery.kit.http.Page;
import orrery.kit.http.PageAsk;
import orrery.kit.http.Paging;
import orrery.server.tenancy.region.Regions;
import org.jspecify.annotations.Nullable;

/// The stacks of this installation: operators make them, everybody makes things from them.
@Singleton
public final class Stacks {
    static final String KIND = "stack";

    private final StackTable table = new StackTable();
    private final Database database;
    private final Regions regions;
    private final Iterable<MadeFrom> users;
    private final Events events;
    private final Paging paging;
    private final Ids ids;
    private final Clock clock;

    public Stacks(Database database, Regions regions, @Any Instance<MadeFrom> users,
            Events events, Paging paging, Ids ids, Clock clock) {
        this.database = database;
        this.regions = regions;
        this.users = users;
        this.events = events;
        this.paging = paging;
        this.ids = ids;
        this.clock = clock;
    }

    /// Names what was made from a stack and keeps it from being deleted. Every feature that makes
    /// something from stacks is one, as a bean.
    @FunctionalInterface
    public interface MadeFrom {
        /// @return `kind/identifier` of what is not deleted, a few are enough
        List<String> madeFrom(Tx tx, String stack);
    }

    /// One page of all stacks, the newest first.
    Page<Stack> list(Grant grant, PageAsk ask) {
        return database.read(grant, tx -> table.list(tx, paging, ask.orFromTheStart()));
    }

    /// One page of those that can be had in a region.
    Page<Stack> offered(Grant grant, String region, PageAsk ask) {
        return database.read(grant, tx -> {
            regions.get(tx, region);
            return table.offered(tx, paging, ask.orFromTheStart(), region);
        });
    }

    Stack get(Grant grant, String idOrName) {
        return database.read(grant, tx -> present(table.find(tx, idOrName), idOrName));
    }

    /// One that can be had in a region.
    Stack offered(Grant grant, String region, String idOrName) {
        return database.read(grant, tx -> {
            regions.get(tx, region);
            return present(table.find(tx, idOrName)
                    .filter(it -> it.isShown() && it.isOfferedIn(region)), idOrName);
        });
    }

    /// One that somebody may know: it was published once.
    Stack known(Grant grant, String id) {
        return database.read(grant, tx -> present(table.find(tx, id)
                .filter(it -> it.publishedAt() != null), id));
    }

    /// Makes a draft.
    ///
    /// @throws Problem.Failure [Problem.AlreadyExists] for the name, [Problem.Unprocessable] for
    ///     regions and stacks that are not there
    Stack create(Grant grant, NewStack asked) {
        return database.tx(grant, tx -> {
            var id = ids.next("stk");
            var now = clock.instant();
            var to = verified(tx, asked);
            var made = new Stack(id, to.name() == null ? Slug.of(KIND, id) : to.name(),
                    to.displayName(), to.description(), to.labels(), to.kind(), to.spec(),
                    to.regions(), to.upgradesTo(), Stack.State.DRAFT, null, List.of(), null, null,
                    1, grant.principal().id(), now, now, null);
            if (!table.insert(tx, made)) {
                throw new Problem.AlreadyExists(KIND, made.name()).raise();
            }
            events.append(tx, event("stack.created", made));
            return present(table.find(tx, id), id);
        });
    }

    /// Changes a draft; of one that was published its texts, labels and upgrades alone.
    ///
    /// @param change makes the new one of the old one
    /// @param expected the version that the caller knows, if it cares
    /// @throws Problem.Failure [Problem.Conflict] for anything else of a published one
    Stack change(Grant grant, String idOrName, Function<Stack, NewStack> change,
            OptionalLong expected) {
        return database.tx(grant, tx -> {
            var found = lock(tx, idOrName, expected);
            var to = verified(tx, change.apply(found));
            boolean same = to.kind() == found.kind() && to.spec().equals(found.spec())
                    && to.regions().equals(found.regions());
            if (found.publishedAt() != null && !same) {
                throw new Problem.Conflict(KIND, found.id(), "was published, and what was"
                        + " published never changes; make a new stack and name it in upgradesTo"
                        + " of this one").raise();
            }
            table.update(tx, found.id(), to, clock.instant());
            events.append(tx, event("stack.updated", found));
            return present(table.find(tx, found.id()), idOrName);
        });
    }

    private NewStack verified(Tx tx, NewStack asked) {
        var mistakes = new ArrayList<Mistake>();
        for (int i = 0; i < asked.regions().size(); i++) {
            if (!isRegion(tx, asked.regions().get(i))) {
                mistakes.add(new Mistake("regions[" + i + "]", "is no region"));
            }
        }
        var upgrades = new LinkedHashSet<String>();
        for (int i = 0; i < asked.upgradesTo().size(); i++) {
            var other = table.share(tx, asked.upgradesTo().get(i))
                    .filter(it -> it.kind() == asked.kind());
            if (other.isEmpty()) {
                mistakes.add(new Mistake("upgradesTo[" + i + "]",
                        "is no stack of kind " + asked.kind().name().toLowerCase(Locale.ROOT)));
            }
            other.ifPresent(it -> upgrades.add(it.id()));
        }
        refuse(mistakes);
        return new NewStack(asked.name(), asked.displayName(), asked.description(),
                asked.labels(), asked.kind(), asked.spec(), asked.regions(),
                List.copyOf(upgrades));
    }

    private boolean isRegion(Tx tx, String code) {
        try {
            regions.get(tx, code);
            return true;
        } catch (Problem.Failure unknown) {
            return false;
        }
    }

    /// Shows a draft to everybody, and makes it unchangeable.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] when it was published before
    Stack publish(Grant grant, String idOrName, OptionalLong expected) {
        return step(grant, idOrName, expected, found -> {
            if (found.publishedAt() != null) {
                throw wrong(found, "be published");
            }
        }, table::publish, "stack.published");
    }

    /// Says that something better is there. It can still be had.
    ///
    /// @throws Problem.Failure [Problem.IllegalTransition] for a draft, or when it is so already
    Stack deprecate(Grant grant, String idOrName, OptionalLong expected) {
        return step(grant, idOrName, expected, found -> {
            if (found.publishedAt() == null || found.deprecatedAt() != null) {
                throw wrong(found, "be deprecated");
            }
        }, table::deprecate, "stack.deprecated");
    }

    private interface Write {
        void to(Tx tx, String id, Instant now);
    }

    private Stack step(Grant grant, String idOrName, OptionalLong expected,
            Consumer<Stack> verify, Write write, String event) {
        return database.tx(grant, tx -> {
            var found = lock(tx, idOrName, expected);
            verify.accept(found);
            write.to(tx, found.id(), clock.instant());
            events.append(tx, event(event, found));
            return present(table.find(tx, found.id()), idOrName);
        });
    }

    /// Deletes a stack from which nothing is left.
    ///
    /// @throws Problem.Failure [Problem.InUse]
    void delete(Grant grant, String idOrName, OptionalLong expected) {
        database.write(grant, tx -> {
            var found = lock(tx, idOrName, expected);
            var dependents = new ArrayList<>(table.leadingTo(tx, found.id()));
            users.forEach(some -> dependents.addAll(some.madeFrom(tx, found.id())));
            if (!dependents.isEmpty()) {
                throw new Problem.InUse(KIND, found.id(), dependents).raise();
            }
            table.delete(tx, found.id(), clock.instant());
            events.append(tx, event("stack.deleted", found));
        });
    }

    /// What a stack makes in a region with these parameters; it is not deleted until the
    /// transaction ends. For what is made from stacks.
    ///
    /// @param idOrName as a body says it in its field `stackId`
    /// @param given as a body says them in its field `parameters`
    /// @throws Problem.Failure [Problem.Unprocessable] naming each parameter that is wrong, or
    ///     saying why the stack cannot be used
    public Plan plan(Tx tx, String region, String idOrName, ObjectNode given) {
        var stack = table.share(tx, idOrName)
                .filter(it -> it.publishedAt() != null && it.isOfferedIn(region))
                .orElseThrow(() -> unprocessable("is no stack of region " + region));
        var lacking = stack.availability().stream()
                .filter(it -> it.region().equals(region)
                        && it.state() != Stack.Found.AVAILABLE).findFirst();
        if (lacking.isPresent()) {
            throw unprocessable("cannot be had in region " + region + ": "
                    + lacking.get().reason());
        }
        var parameters = stack.spec().defaults().deepCopy();
        parameters.setAll(given);
        refuse(new Parameters(stack.spec().parametersSchema())
                .wrongIn(parameters, "parameters", true));
        return Plan.of(stack, parameters);
    }

    /// One that is not deleted.
    ///
    /// @param idOrName identifier or name
    public Optional<Stack> find(Tx tx, String idOrName) {
        return table.find(tx, idOrName);
    }

    /// All that there are.
    List<Stack> all(Grant grant) {
        return database.read(grant, table::all);
    }

    /// Notes what regions have of a stack's templates, when that is news.
    void found(Grant grant, String id, List<Stack.Availability> found) {
        database.write(grant, tx -> table.lock(tx, id).ifPresent(stack -> {
            var judged = stack.judged(found);
            if (found.equals(stack.availability()) && judged.state() == stack.state()) {
                return;
            }
            table.judge(tx, id, judged, found, clock.instant());
            if (judged.state() != stack.state()) {
                events.append(tx, event("stack." + judged.state().name()
                        .toLowerCase(Locale.ROOT), stack, judged.reason()));
            }
        }));
    }

    private Stack lock(Tx tx, String idOrName, OptionalLong expected) {
        var found = present(table.lock(tx, idOrName), idOrName);
        IfMatch.verify(KIND, found.id(), found.version(), expected);
        return found;
    }

    private static void refuse(List<Mistake> mistakes) {
        if (!mistakes.isEmpty()) {
            throw new Problem.Unprocessable(mistakes).raise();
        }
    }

    private static Problem.Failure unprocessable(String message) {
        return new Problem.Unprocessable(List.of(new Mistake("stackId", message))).raise();
    }

    private static Problem.Failure wrong(Stack stack, String action) {
        return new Problem.IllegalTransition(KIND, stack.id(),
                stack.state().name().toLowerCase(Locale.ROOT), action).raise();
    }

    private static NewEvent event(String type, Stack about) {
        return event(type, about, null);
    }

    private static NewEvent event(String type, Stack about, @Nullable String reason) {
        return new NewEvent(type, new Subject(KIND, about.id()), Scope.PLATFORM,
                Map.of("name", about.name(), "reason", reason == null ? "" : reason));
    }

    private static Stack present(Optional<Stack> found, String idOrName) {
        return found.orElseThrow(() -> new Problem.NotFound(KIND, idOrName).raise());
    }
}
