package orrery.sim.kcm;

import orrery.sim.type.Refusal;

/// How KCM's admission webhooks refuse: 403 with the webhook's name and what it says.
final class Denial {
    private Denial() {}

    /// @param kind in small letters
    static Refusal of(String kind, String why) {
        return Refusal.plain(403, "Forbidden", ("admission webhook \"validation.%s.%s\" denied"
                + " the request: %s").formatted(kind, Kcm.GROUP, why));
    }
}
