package orrery.server;

import orrery.kit.config.Setting;

/// How much of the server one caller may take.
record Limits(
        @Setting(name = "LIMIT_REQUESTS", or = "100", is = "requests a second of one credential,"
                + " lastingly; twice as many at once")
        int requests,
        @Setting(name = "LIMIT_REQUESTS_UNKNOWN", or = "20", is = "requests a second of one"
                + " address that is not signed in, lastingly; twice as many at once")
        int requestsUnknown) {

    Limits {
        if (requests < 1 || requestsUnknown < 1) {
            throw new IllegalArgumentException(
                    "ORRERY_LIMIT_REQUESTS and ORRERY_LIMIT_REQUESTS_UNKNOWN are at least 1");
        }
    }
}
