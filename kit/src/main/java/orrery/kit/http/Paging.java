package orrery.kit.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import orrery.kit.Problem;
import orrery.kit.secret.Sealing;
import org.jspecify.annotations.Nullable;

/// Cuts lists into pages, after a token or at an offset.
///
/// A token says after which item a page begins. It is sealed to its list, so it can be neither read
/// nor made up, nor used on another list or with another filter. It grants nothing: every page
/// is asked for with the caller's own right.
public final class Paging {
    private static final Duration VALID = Duration.ofDays(3);

    private final Sealing sealing;
    private final Clock clock;

    public Paging(Sealing sealing, Clock clock) {
        this.sealing = sealing;
        this.clock = clock;
    }

    /// Where the items of a list come from.
    public interface Source<T> {
        /// Items after a position, in the list's order.
        ///
        /// @param position `null` for the first ones
        List<T> after(@Nullable List<String> position, int limit);

        List<T> from(long offset, int limit);

        long count();

        /// What tells where an item stands, in a form that [#after] takes.
        List<String> position(T item);
    }

    private record Token(String list, List<String> position, long expires) {}

    /// A page of a list that goes by tokens unless the caller asks for an offset.
    ///
    /// @param list tells this list from others: path, filters, order
    public <T> Page<T> page(PageAsk ask, String list, Source<T> source) {
        if (ask.offset() != null) {
            return new Page<>(source.from(ask.offset(), ask.size()), ask, null, source.count());
        }
        var position = ask.token() == null ? null : read(list, ask.token());
        var items = source.after(position, ask.size() + 1);
        if (items.size() <= ask.size()) {
            return new Page<>(items, ask, null, null);
        }
        var page = items.subList(0, ask.size());
        return new Page<>(page, ask, issue(list, source.position(page.getLast())), null);
    }

    /// A page of a short list that was read as a whole.
    ///
    /// @param key grows along the list and differs between any two items, so that a page begins at
    ///     the right place even when the item before it is gone
    public <T> Page<T> page(PageAsk ask, String list, List<T> all, Function<T, String> key) {
        if (ask.deleted().isShown()) {
            throw Filters.bad("none of the " + list + " is kept when it is deleted", List.of());
        }
        if (ask.strict() && !ask.filters().isEmpty()) {
            throw Filters.bad(ask.filters().getFirst().field() + " is no filter of " + list,
                    List.of());
        }
        if (ask.strict() && !ask.sort().isEmpty()) {
            throw new Problem.BadQuery(Problem.BadQuery.Part.SORT,
                    list + " come in an order of their own", List.of()).raise();
        }
        if (ask.strict() && ask.search() != null) {
            throw Filters.bad(list + " cannot be searched", List.of());
        }
        return page(ask, list, new Source<T>() {
            @Override
            public List<T> after(@Nullable List<String> position, int limit) {
                return all.stream()
                        .filter(item -> position == null
                                || key.apply(item).compareTo(position.getFirst()) > 0)
                        .limit(limit).toList();
            }

            @Override
            public List<T> from(long offset, int limit) {
                return all.stream().skip(offset).limit(limit).toList();
            }

            @Override
            public long count() {
                return all.size();
            }

            @Override
            public List<String> position(T item) {
                return List.of(key.apply(item));
            }
        });
    }

    /// A key for lists with the newest first.
    public static String newestFirst(Instant createdAt, String id) {
        return "%019d %s".formatted(Long.MAX_VALUE / 1000
                - ChronoUnit.MICROS.between(Instant.EPOCH, createdAt), id);
    }

    private String issue(String list, List<String> position) {
        var expires = clock.instant().plus(VALID).toEpochMilli();
        var token = Json.text(new Token(digest(list), position, expires));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sealing.seal(token, "page"));
    }

    private List<String> read(String list, String text) {
        try {
            var opened = sealing.open(Base64.getUrlDecoder().decode(text), "page");
            var token = Json.shared().readValue(
                    opened.getBytes(StandardCharsets.UTF_8), Token.class);
            if (!token.list().equals(digest(list))) {
                throw bad("was made for another list or filter");
            }
            if (Instant.ofEpochMilli(token.expires()).isBefore(clock.instant())) {
                throw bad("has expired; begin again without one");
            }
            return token.position();
        } catch (IllegalStateException | IllegalArgumentException | IOException notOurs) {
            throw bad("is not one of ours");
        }
    }

    /// So that a token stays short, however much its list was narrowed by.
    private static String digest(String list) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256")
                    .digest(list.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Problem.Failure bad(String cause) {
        return new Problem.BadQuery(Problem.BadQuery.Part.PAGE_TOKEN, cause, List.of()).raise();
    }
}
