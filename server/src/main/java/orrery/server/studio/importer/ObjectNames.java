package orrery.server.studio.importer;

import java.util.Locale;
import java.util.function.Predicate;

/// Names that Kubernetes takes, made of names that Compose takes.
final class ObjectNames {
    private ObjectNames() {}

    /// Lower case, `_` and `.` become `-`, other characters go; a leading digit gets `svc-`. At
    /// most 63 characters, fit for a Service, a label's value and a host name.
    static String of(String name) {
        String text = name.toLowerCase(Locale.ROOT).replaceAll("[_. /]", "-")
                .replaceAll("[^a-z0-9-]", "");
        String bare = text.replaceAll("^-+", "");
        String led = bare.isEmpty() ? "service" : bare;
        String prefixed = Character.isDigit(led.charAt(0)) ? "svc-" + led : led;
        return cut(prefixed, 63);
    }

    /// The same with an ending that stays whole: `web` + `-config`.
    static String of(String name, String ending) {
        return cut(of(name), 63 - ending.length()) + ending;
    }

    /// The name, or with the first number that makes it free.
    static String free(String name, Predicate<String> taken) {
        String free = name;
        for (int i = 2; taken.test(free); i++) {
            free = cut(name, 60) + "-" + i;
        }
        return free;
    }

    /// A key of a ConfigMap or Secret.
    static String key(String name) {
        String key = name.replaceAll("[^-._a-zA-Z0-9]", "_");
        return key.isEmpty() || key.equals(".") || key.equals("..") ? "file" : key;
    }

    private static String cut(String text, int most) {
        return text.substring(0, Math.min(text.length(), most)).replaceAll("-+$", "");
    }
}
