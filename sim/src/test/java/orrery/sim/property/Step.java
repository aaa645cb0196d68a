package orrery.sim.property;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/// One thing that one client does to one object.
///
/// @param choice which of the act's variants
record Step(Act act, int client, int object, int choice) {
    static final int CLIENTS = 3;
    static final int OBJECTS = 4;
    private static final int CHOICES = 100;

    enum Act {
        CREATE, READ,
        /// Writes back what the client read last, with its version.
        UPDATE,
        MERGE, STRATEGIC, JSON_PATCH, APPLY,
        /// Puts the object into the other half, which takes it into and out of selections.
        CHANGE_SIDE,
        /// A patch that changes nothing.
        LEAVE,
        DELETE,
        /// Deletes if the version is the one that the client read last.
        DELETE_AS_READ,
        /// Takes the finalizer away.
        RELEASE,
        WATCH,
        /// The next page of the client's list, or the first of a new one.
        PAGE,
        /// The cluster leaves memory, as when nobody used it for long.
        UNLOAD
    }

    static Arbitrary<List<Step>> sequences(int most) {
        var acts = Arbitraries.frequency(
                Tuple.of(8, Act.CREATE), Tuple.of(6, Act.READ), Tuple.of(6, Act.UPDATE),
                Tuple.of(3, Act.MERGE), Tuple.of(2, Act.STRATEGIC), Tuple.of(3, Act.JSON_PATCH),
                Tuple.of(4, Act.APPLY), Tuple.of(3, Act.CHANGE_SIDE), Tuple.of(1, Act.LEAVE),
                Tuple.of(3, Act.DELETE), Tuple.of(2, Act.DELETE_AS_READ),
                Tuple.of(2, Act.RELEASE), Tuple.of(3, Act.WATCH), Tuple.of(6, Act.PAGE),
                Tuple.of(4, Act.UNLOAD));
        return Combinators.combine(acts, below(CLIENTS), below(OBJECTS), below(CHOICES))
                .as(Step::new).list().ofMinSize(1).ofMaxSize(most);
    }

    private static Arbitrary<Integer> below(int end) {
        return Arbitraries.integers().between(0, end - 1);
    }
}
