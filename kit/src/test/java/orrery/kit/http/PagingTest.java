package orrery.kit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import orrery.kit.secret.Sealing;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagingTest {
    private static final Instant NOW = Instant.parse("2026-03-24T12:00:00Z");

    @TempDir
    Path folder;

    private Sealing sealing;
    private Paging paging;
    private final List<String> all = new ArrayList<>(
            IntStream.range(0, 25).mapToObj("%03d"::formatted).toList());

    @BeforeEach
    void prepare() {
        sealing = Sealing.openOrCreate(folder.resolve("keys"));
        paging = at(NOW);
    }

    private Paging at(Instant now) {
        return new Paging(sealing, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static PageAsk ask(@Nullable String token, @Nullable Long offset) {
        return new PageAsk(10, token, offset, List.of(), null);
    }

    private Page<String> page(PageAsk ask) {
        return paging.page(ask, "things", all, Function.identity());
    }

    @Test
    void tokensLeadThroughTheWholeListOnce() {
        var seen = new ArrayList<String>();
        String token = null;
        do {
            var page = page(ask(token, null));
            seen.addAll(page.items());
            assertThat(page.total()).isNull();
            token = page.next();
        } while (token != null);
        assertThat(seen).isEqualTo(all);
    }

    @Test
    void insertsAndDeletesBetweenPagesSkipAndRepeatNothing() {
        var first = page(ask(null, null));
        all.remove("009");
        all.add(0, "-01");
        assertThat(page(ask(first.next(), null)).items()).startsWith("010").hasSize(10);
    }

    @Test
    void offsetsCountAndGiveNoToken() {
        var page = page(ask(null, 20L));
        assertThat(page.items()).hasSize(5);
        assertThat(page.total()).isEqualTo(25);
        assertThat(page.next()).isNull();
        assertThat(page(ask(null, 100L)).items()).isEmpty();
    }

    @Test
    void refusesTokensOfOtherListsOldOnesAndMadeUpOnes() {
        var token = page(ask(null, null)).next();
        assertThatThrownBy(() -> paging.page(ask(token, null), "others", all, Function.identity()))
                .hasMessageContaining("another list");
        assertThatThrownBy(() -> at(NOW.plusSeconds(4 * 86_400)).page(
                ask(token, null), "things", all, Function.identity()))
                .hasMessageContaining("expired");
        assertThatThrownBy(() -> page(ask("bm8", null))).hasMessageContaining("not one of ours");
        assertThatThrownBy(() -> page(ask("%%%", null))).hasMessageContaining("not one of ours");
        assertThatThrownBy(() -> page(ask("x" + token, null)))
                .hasMessageContaining("not one of ours");
    }

    @Test
    void keysOfNewerItemsComeFirst() {
        assertThat(Paging.newestFirst(NOW.plusMillis(1), "b"))
                .isLessThan(Paging.newestFirst(NOW, "a"));
        assertThat(Paging.newestFirst(NOW, "a")).isLessThan(Paging.newestFirst(NOW, "b"));
    }

    @Test
    void readsStrongETags() {
        assertThat(IfMatch.version("\"3\"")).hasValue(3);
        assertThat(IfMatch.version(null)).isEmpty();
        assertThat(IfMatch.version("*")).isEmpty();
        assertThatThrownBy(() -> IfMatch.version("3")).hasMessageContaining("If-Match");
        assertThatThrownBy(() -> IfMatch.version("W/\"3\"")).hasMessageContaining("If-Match");
    }
}
