package orrery.kit.http;

import java.util.List;

/// Which surface a path belongs to. The last one takes what no other owns.
public final class Surfaces {
    private final List<Surface> ordered;

    public Surfaces(List<Surface> ordered) {
        this.ordered = List.copyOf(ordered);
    }

    /// The first surface that owns the path.
    public Surface of(String path) {
        for (var surface : ordered) {
            if (surface.owns(path)) {
                return surface;
            }
        }
        return ordered.getLast();
    }

    public Surface of(Class<? extends Surface> type) {
        return ordered.stream().filter(type::isInstance).findFirst().orElseThrow();
    }

    public List<Surface> all() {
        return ordered;
    }

    /// The one that takes what no other owns: files and pages, not an API.
    public Surface last() {
        return ordered.getLast();
    }
}
