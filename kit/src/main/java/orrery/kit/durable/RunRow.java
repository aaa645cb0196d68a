package orrery.kit.durable;

import java.time.Instant;
import orrery.kit.access.Grant;
import orrery.kit.access.Scope;
import orrery.kit.events.Subject;
import orrery.kit.secret.SealedColumn;
import org.jspecify.annotations.Nullable;

/// A run as the engine needs it.
///
/// @param authority what the run may do: the grant that it was accepted with
/// @param unwinding the status that it will end in when its undoing is done; null: it goes ahead
/// @param progress  what it said last
record RunRow(
        String id,
        String saga,
        @Nullable Subject subject,
        Scope scope,
        String triggeredBy,
        Grant.Stored authority,
        String input,
        byte @Nullable [] sealed,
        int attempt,
        @Nullable String parent,
        long epoch,
        boolean cancelled,
        @Nullable Status unwinding,
        Run.@Nullable Error error,
        Instant deadline,
        @Nullable String progress) {

    /// Where the secrets of inputs are sealed.
    static final SealedColumn INPUT = new SealedColumn("run", "id", "sealed");

    RunRow leased(long granted) {
        return new RunRow(id, saga, subject, scope, triggeredBy, authority, input, sealed, attempt,
                parent, granted, cancelled, unwinding, error, deadline, progress);
    }

    RunRow failing(Run.Error why) {
        return unwinding(unwinding == null ? Status.FAILED : unwinding, why);
    }

    RunRow unwinding(Status end, Run.@Nullable Error why) {
        return new RunRow(id, saga, subject, scope, triggeredBy, authority, input, sealed, attempt,
                parent, epoch, cancelled, end, why, deadline, progress);
    }
}
