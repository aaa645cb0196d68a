package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import orrery.kit.Problem;
import orrery.kit.access.Grant;
import orrery.kit.http.PageAsk.Sort;
import orrery.kit.secret.Sealing;
import orrery.kit.test.TestDatabase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingTest {
    private static final Grant GRANT = TestDatabase.grant();
    private static TestDatabase test;
    private static Paging paging;

    enum State { RUNNING, FAILED }

    record Thing(String id, String name, String state, Instant createdAt) {}

    private static final Listing<Thing> THINGS = Listing.of(Thing.class, "things", """
            id, name, state, created_at""", """
            thing
            where project = :project
              and owner = any(:owners)""")
            .time("updatedAt").text("name").oneOf("state", State.class).map("labels")
            .searching("name");

    @BeforeAll
    static void fill(@TempDir Path folder) {
        test = TestDatabase.create();
        paging = new Paging(Sealing.openOrCreate(folder.resolve("keys")), Clock.systemUTC());
        test.database().write(GRANT, tx -> {
            tx.handle().execute("""
                    create table thing (id text primary key, project text not null,
                      owner text not null, name text not null, state text not null,
                      labels jsonb not null, created_at timestamptz not null,
                      updated_at timestamptz not null)""");
            // Times and names repeat, so that only the identifier tells some rows apart.
            tx.handle().execute("""
                    insert into thing
                    select 'thg_' || lpad(i::text, 3, '0'), 'prj_' || i % 2,
                      'usr_' || i % 3, 'name ' || i % 7 || '%',
                      case when i % 5 = 0 then 'failed' else 'running' end,
                      jsonb_build_object('env.of', 'e' || i % 4),
                      '2026-01-01T00:00:00.123456Z'::timestamptz + (i / 4) * interval '1 minute',
                      '2026-02-01T00:00:00Z'
                    from generate_series(1, 200) as i""");
        });
    }

    @AfterAll
    static void close() {
        test.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "createdAt", "-createdAt", "name", "-name", "state,-name",
        "-state,name,-createdAt", "updatedAt", "-updatedAt,-name"})
    void pagesVisitEveryRowOnceInTheOrderOfOneLongPage(String sort) {
        for (int size : List.of(1, 3, 7, 50)) {
            assertThat(ids(walk(size, sort))).isEqualTo(ids(page(ask(500, sort, null)).items()));
        }
        assertThat(walk(7, sort)).hasSize(67);
    }

    @Test
    void offsetsCountWhatMatches() {
        var page = page(new PageAsk(10, null, 60L, List.of(), null));
        assertThat(page.total()).isEqualTo(67);
        assertThat(page.items()).hasSize(7);
    }

    @Test
    void newestComeFirst() {
        var items = page(ask(500, "", null)).items();
        assertThat(items).isSortedAccordingTo((a, b) -> a.createdAt().equals(b.createdAt())
                ? a.id().compareTo(b.id()) : b.createdAt().compareTo(a.createdAt()));
    }

    @Test
    void filtersAreCombined() {
        assertThat(filtered("state=failed")).isNotEmpty()
                .allMatch(thing -> thing.state().equals("failed"));
        assertThat(filtered("state=failed,running")).hasSize(67);
        assertThat(filtered("state[ne]=failed")).isNotEmpty()
                .allMatch(thing -> thing.state().equals("running"));
        assertThat(filtered("name[prefix]=name 1,name 2")).isNotEmpty()
                .allMatch(thing -> thing.name().matches("name [12]%"));
        assertThat(filtered("labels.env.of=e0,e3").size()).isPositive().isLessThan(67);
        assertThat(filtered("labels.other=e1")).isEmpty();
        assertThat(filtered("labels.other[ne]=e1")).hasSize(67);
        assertThat(filtered("state=failed", "name=name 5%")).isNotEmpty()
                .allMatch(thing -> thing.state().equals("failed") && thing.name().contains("5"));
        assertThat(filtered("createdAt[gte]=2026-01-01T00:20:00.123456Z",
                "createdAt[lt]=2026-01-01T00:30:00Z")).isNotEmpty()
                .allMatch(thing -> thing.createdAt().toString().startsWith("2026-01-01T00:2"));
    }

    @Test
    void commasCanBePartOfAValue() {
        assertThat(Filters.read(query("name=a\\,b,c"), Set.of(), true).getFirst().values())
                .containsExactly("a,b", "c");
    }

    @Test
    void searchesForTheTextAsItStands() {
        assertThat(page(ask(500, "", "E 1%")).items()).isNotEmpty()
                .allMatch(thing -> thing.name().equals("name 1%"));
        assertThat(page(ask(500, "", "n%e")).items()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"colour=red", "state=flying", "state[gt]=failed", "labels=x",
        "name.x=y", "createdAt=yesterday", "createdAt[prefix]=2026", "name[like]=x",
        "name; drop table thing=x", "[]=x"})
    void refusesFiltersThatAreNone(String filter) {
        assertThat(refused(filter)).isEqualTo(Problem.BadQuery.Part.FILTER);
    }

    @Test
    void saysWhatMayBeAskedFor() {
        var refusal = catchThrowableOfType(Problem.Failure.class, () -> filtered("colour=red"));
        assertThat(((Problem.BadQuery) refusal.problem()).allowed())
                .containsExactly("createdAt", "updatedAt", "name", "state", "labels");
        var sorted = catchThrowableOfType(Problem.Failure.class,
                () -> page(ask(5, "labels", null)));
        assertThat(((Problem.BadQuery) sorted.problem()).allowed())
                .containsExactly("createdAt", "updatedAt", "name", "state");
    }

    @Test
    void passesOverWhatALenientFamilyDoesNotKnow() {
        var ask = new PageAsk(500, null, null, List.of(new Sort("colour", true),
                new Sort("created_at", false)), null)
                .where(Filters.read(query("colour=red", "_=17", "ids[]=1", "name[like]=x"),
                        Set.of(), false), false);
        assertThat(page(ask).items()).hasSize(67)
                .isSortedAccordingTo((a, b) -> a.createdAt().compareTo(b.createdAt()));
    }

    @Test
    void tokensAreOfOneQuestionOnly() {
        var token = page(ask(5, "", null)).next();
        for (var other : List.of(ask(5, "name", null), ask(5, "", "name"),
                ask(5, "", null).where(
                        Filters.read(query("state=failed"), Set.of(), true), true))) {
            var asked = new PageAsk(5, token, null, other.sort(), other.search(),
                    other.filters(), true, Deleted.HIDDEN);
            var refusal = catchThrowableOfType(Problem.Failure.class, () -> page(asked));
            assertThat(((Problem.BadQuery) refusal.problem()).part())
                    .isEqualTo(Problem.BadQuery.Part.PAGE_TOKEN);
        }
    }

    @Test
    void rowsThatComeAndGoInBetweenMoveNothing() {
        var first = page(ask(5, "-name", null));
        var last = first.items().getLast();
        test.database().write(GRANT, tx -> {
            tx.handle().execute("update thing set project = 'gone' where id = ?", last.id());
            tx.handle().execute("""
                    insert into thing
                    values ('thg_000', 'prj_0', 'usr_1', 'zzz', 'failed', '{}', now(), now())""");
        });
        try {
            var next = new PageAsk(5, first.next(), null, List.of(new Sort("name", true)), null);
            assertThat(ids(page(next).items()))
                    .isEqualTo(ids(walk(500, "-name")).subList(5, 10));
        } finally {
            test.database().write(GRANT, tx -> {
                tx.handle().execute("update thing set project = 'prj_0' where id = ?", last.id());
                tx.handle().execute("delete from thing where id = 'thg_000'");
            });
        }
    }

    private static List<Thing> walk(int size, String sort) {
        var out = new ArrayList<Thing>();
        var ask = ask(size, sort, null);
        for (var page = page(ask);; ) {
            out.addAll(page.items());
            if (page.next() == null) {
                return out;
            }
            page = page(new PageAsk(size, page.next(), null, ask.sort(), null));
        }
    }

    private static Problem.BadQuery.Part refused(String filter) {
        var refusal = catchThrowableOfType(Problem.Failure.class, () -> filtered(filter));
        return ((Problem.BadQuery) refusal.problem()).part();
    }

    private static List<Thing> filtered(String... filters) {
        return page(ask(500, "", null).where(Filters.read(query(filters), Set.of(), true), true))
                .items();
    }

    private static Query query(String... parameters) {
        return new Query(Arrays.stream(parameters).map(text -> text.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> List.of(parts[1]))));
    }

    private static PageAsk ask(int size, String sort, @Nullable String search) {
        var order = Arrays.stream(sort.split(",")).filter(field -> !field.isEmpty())
                .map(field -> new Sort(field.replace("-", ""), field.startsWith("-"))).toList();
        return new PageAsk(size, null, null, order, search);
    }

    private static Page<Thing> page(PageAsk ask) {
        return test.database().read(GRANT, tx -> THINGS.page(tx, paging, ask,
                Map.of("project", "prj_0", "owners", Set.of("usr_1", "usr_2"))));
    }

    private static List<String> ids(List<Thing> things) {
        return things.stream().map(Thing::id).toList();
    }
}
