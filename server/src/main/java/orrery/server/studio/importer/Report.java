package orrery.server.studio.importer;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import orrery.kit.yaml.YamlNode;
import orrery.server.studio.importer.ReportItem.Outcome;
import org.jspecify.annotations.Nullable;

/// Collects what became of every key. At the end the file itself is walked, and what nobody spoke
/// of is named as not converted: nothing is lost silently.
final class Report {
    private static final int MOST = 5_000;

    private final YamlNode tree;
    private final Set<ReportItem> items = new LinkedHashSet<>();
    private final Set<KeyPath> told = new HashSet<>();
    private final Set<KeyPath> above = new HashSet<>();

    Report(YamlNode tree) {
        this.tree = tree;
    }

    void converted(KeyPath path, String note) {
        add(path, Outcome.CONVERTED, note);
    }

    /// Says why a key was dropped, of which nothing was said yet.
    void unlessTold(KeyPath path, String why) {
        if (!told.contains(path) && !above.contains(path)) {
            dropped(path, why);
        }
    }

    /// Says so of a key of which nothing was said yet.
    void convertedUnlessTold(KeyPath path, String note) {
        if (!told.contains(path) && !above.contains(path)) {
            converted(path, note);
        }
    }

    void approximated(KeyPath path, String note) {
        add(path, Outcome.APPROXIMATED, note);
    }

    void dropped(KeyPath path, String note) {
        add(path, Outcome.DROPPED, note);
    }

    /// Whether something stands at that path.
    boolean has(KeyPath path) {
        return entry(path) != null;
    }

    private void add(KeyPath path, Outcome outcome, String note) {
        Found found = entry(path);
        if (found != null && items.size() < MOST) {
            items.add(new ReportItem(path.toString(), found.line(), outcome, note));
            told.add(path);
            for (KeyPath up = path.parent(); up != null; up = up.parent()) {
                above.add(up);
            }
        }
    }

    /// Everything that was told and everything that was not, by line.
    List<ReportItem> finish() {
        walk(tree, KeyPath.ROOT);
        return items.stream().sorted(Comparator.comparingInt(ReportItem::line)).toList();
    }

    private void walk(YamlNode node, KeyPath path) {
        switch (node) {
            case YamlNode.Mapping map -> map.entries().forEach((key, entry) ->
                    child(entry.value(), path.key(key)));
            case YamlNode.Sequence list -> {
                for (int i = 0; i < list.items().size(); i++) {
                    child(list.items().get(i), path.index(i));
                }
            }
            case YamlNode.Scalar scalar -> { }
        }
    }

    private void child(YamlNode node, KeyPath path) {
        if (told.contains(path)) {
            return;
        }
        if (above.contains(path)) {
            walk(node, path);
        } else if (path.last().startsWith("x-")) {
            dropped(path, "an extension, which has no meaning of its own");
        } else if (isEmpty(node)) {
            dropped(path, "says nothing");
        } else {
            dropped(path, "not converted yet");
        }
    }

    private static boolean isEmpty(YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping map -> map.entries().isEmpty();
            case YamlNode.Sequence list -> list.items().isEmpty();
            case YamlNode.Scalar scalar -> scalar.isNull();
        };
    }

    private record Found(YamlNode node, int line) {}

    private @Nullable Found entry(KeyPath path) {
        Deque<String> steps = new ArrayDeque<>();
        for (KeyPath at = path; at.parent() != null; at = at.parent()) {
            steps.push(at.step());
        }
        Found found = new Found(tree, tree.line());
        for (String step : steps) {
            found = step(found.node(), step);
            if (found == null) {
                return null;
            }
        }
        return found;
    }

    private static @Nullable Found step(YamlNode node, String step) {
        if (node instanceof YamlNode.Mapping map) {
            YamlNode.Entry entry = map.entries().get(step);
            return entry == null ? null : new Found(entry.value(), entry.line());
        }
        if (node instanceof YamlNode.Sequence list && step.startsWith("[")) {
            int index = Integer.parseInt(step, 1, step.length() - 1, 10);
            List<YamlNode> items = list.items();
            return index < items.size()
                    ? new Found(items.get(index), items.get(index).line()) : null;
        }
        return null;
    }
}
