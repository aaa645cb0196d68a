package orrery.kit.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Walks through a whole list, page by page, while somebody changes it: what stands all the time
/// is seen, and nothing is seen twice.
public final class Walk {
    /// At 200 changes a second a walk of fifteen pages takes half a second.
    private static final int CHANGES_BETWEEN_PAGES = 7;
    private static final int LEAST_PAGES = 10;

    private Walk() {}

    /// @param ids  what stands there
    /// @param next where the following page goes on; `null` on the last one
    public record Page<C>(List<String> ids, @Nullable C next) {}

    /// @param standing what stands there when it is asked, at least
    /// @param page     the page after a position; `null` for the first
    public static <C> void through(String what, Paced changes, Supplier<Set<String>> standing,
            Function<@Nullable C, Page<C>> page) {
        var stayed = new LinkedHashSet<>(standing.get());
        var seen = new LinkedHashSet<String>();
        long begun = changes.count();
        int pages = 0;
        C position = null;
        do {
            var one = page.apply(position);
            one.ids().forEach(id -> assertThat(seen.add(id))
                    .as("%s: %s is seen once, also by page %d", what, id, seen.size()).isTrue());
            position = one.next();
            pages++;
            changes.await(CHANGES_BETWEEN_PAGES);
        } while (position != null);
        stayed.retainAll(standing.get());
        assertThat(seen).as(what).containsAll(stayed);
        assertThat(stayed).as("what stayed all the time").hasSizeGreaterThan(LEAST_PAGES);
        assertThat(pages).as("pages of " + what).isGreaterThanOrEqualTo(LEAST_PAGES);
        assertThat(changes.count() - begun).as("changes beside " + what)
                .isGreaterThanOrEqualTo((long) pages * CHANGES_BETWEEN_PAGES);
    }
}
