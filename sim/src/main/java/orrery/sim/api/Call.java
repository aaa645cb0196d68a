package orrery.sim.api;

import io.vertx.core.MultiMap;
import java.time.Clock;
import java.util.List;
import orrery.sim.identity.User;
import orrery.sim.store.Cluster;
import orrery.sim.type.Refusal;

/// One request on one cluster, its body read and its sender known.
///
/// @param path the decoded pieces after `/clusters/NAME`
record Call(
        Cluster cluster,
        User user,
        String method,
        List<String> path,
        MultiMap query,
        MultiMap headers,
        byte[] body,
        Clock clock) {

    String query(String name) {
        String value = query.get(name);
        return value == null ? "" : value;
    }

    /// A yes-or-no parameter; present without a value means yes.
    boolean flag(String name) {
        return query.contains(name) && List.of("", "1", "true").contains(query(name));
    }

    /// @throws Refusal 400 when it is no whole number
    long number(String name, long otherwise) {
        String text = query(name);
        try {
            return text.isEmpty() ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Refusal.badRequest("query parameter " + name + ": \"" + text
                    + "\" is no whole number");
        }
    }

    String header(String name) {
        String value = headers.get(name);
        return value == null ? "" : value;
    }

    /// Media type of the body without its parameters, lower case.
    String contentType() {
        String type = header("Content-Type");
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip()
                .toLowerCase(java.util.Locale.ROOT);
    }

    String pathText() {
        return "/" + String.join("/", path);
    }
}
