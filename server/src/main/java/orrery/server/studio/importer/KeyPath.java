package orrery.server.studio.importer;

import org.jspecify.annotations.Nullable;

/// Where a key stands: `services.web.ports[0]`. Names may hold dots, so steps are kept apart.
record KeyPath(@Nullable KeyPath parent, String step) {
    static final KeyPath ROOT = new KeyPath(null, "");

    KeyPath key(String name) {
        return new KeyPath(this, name);
    }

    KeyPath index(int number) {
        return new KeyPath(this, "[" + number + "]");
    }

    static KeyPath of(String... names) {
        KeyPath path = ROOT;
        for (String name : names) {
            path = path.key(name);
        }
        return path;
    }

    /// The name or `[index]` at the end.
    String last() {
        return step;
    }

    @Override
    public String toString() {
        if (parent == null || parent.parent == null) {
            return step;
        }
        return parent + (step.startsWith("[") ? "" : ".") + step;
    }
}
