package orrery.server.tenancy.region;

import orrery.kit.db.Json;
import org.jspecify.annotations.Nullable;

/// What is kept, sealed, of how a management cluster is reached.
record Stored(String kubeconfig, @Nullable String context) {
    String text() {
        return Json.write(this);
    }

    static Stored read(String text) {
        return Json.read(text, Stored.class);
    }

    @Override
    public String toString() {
        return "Stored[…]";
    }
}
