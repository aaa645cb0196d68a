package orrery.kit.events;

import java.util.Map;
import orrery.kit.access.Scope;
import org.jspecify.annotations.Nullable;

/// An event as its writer knows it; who and when come from the transaction.
///
/// @param type  what happened, in the past tense: `cluster.created`
/// @param scope where the subject lies; null: where the transaction's grant was given
/// @param data  a record or a map, without secrets: it goes to streams, logs and webhooks
public record NewEvent(String type, Subject subject, @Nullable Scope scope, Object data) {
    public static NewEvent of(String type, Subject subject, Object data) {
        return new NewEvent(type, subject, null, data);
    }

    public static NewEvent of(String type, Subject subject) {
        return new NewEvent(type, subject, null, Map.of());
    }
}
