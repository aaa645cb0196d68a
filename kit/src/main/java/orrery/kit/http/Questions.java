package orrery.kit.http;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// What a list can be asked beside its pages. It is what the list itself goes by, so that a
/// document cannot say anything else.
///
/// @param sorts fields that it can be sorted by; with `-` where only the greatest can come first
/// @param order the field that it is sorted by when nobody says, with `-` for the greatest first
/// @param isSearched whether it can be searched
/// @param keepsDeleted whether it has what is deleted, too, for who asks for that
public record Questions(List<Filter> filters, List<String> sorts, String order,
        boolean isSearched, boolean keepsDeleted) {

    /// One field to filter by.
    ///
    /// @param allowed the only values there are; empty for any
    public record Filter(String name, Kind kind, List<String> allowed) {
        public Filter {
            allowed = List.copyOf(allowed);
        }
    }

    /// How a field is asked for.
    public enum Kind {
        /// Any of some values, or texts like them.
        TEXT,
        /// Before and after a time.
        TIME,
        /// Entries of it.
        MAP,
        /// Exactly one value.
        ONE
    }

    public Questions {
        filters = List.copyOf(filters);
        sorts = List.copyOf(sorts);
    }

    /// Those of the list that a route answers with; empty for one that can be asked nothing.
    static Optional<Questions> of(Route route) {
        return Optional.ofNullable(route.handler())
                .map(handler -> handler.getAnnotation(Page.Of.class)).map(Questions::of);
    }

    private static Questions of(Page.Of said) {
        var found = new LinkedHashSet<Questions>();
        Arrays.stream(said.value().getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .forEach(field -> add(found, field, said.items()));
        Arrays.stream(said.value().getDeclaredMethods())
                .map(method -> method.getAnnotation(Page.Of.class)).filter(Objects::nonNull)
                .forEach(other -> found.add(of(other)));
        if (found.size() != 1) {
            throw new IllegalStateException(said + " must mean lists that can be asked the same,"
                    + " and means " + found);
        }
        return found.getFirst();
    }

    private static void add(Set<Questions> found, Field field, Class<?> items) {
        try {
            if (field.getType() == Listing.class || field.getType() == Questions.class) {
                field.setAccessible(true);
                switch (field.get(null)) {
                    case Listing<?> listing when listing.isOf(items) ->
                        found.add(listing.questions());
                    case Questions said -> found.add(said);
                    case null, default -> { }
                }
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
