package orrery.kit.yaml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/// Makes nodes of parser events, without recursion: what is open stands on a stack of its own,
/// so depth is a number to compare and not the Java stack.
final class TreeBuilder {
    private static final String CORE_TAG = "tag:yaml.org,2002:";

    /// A finished value. `weight` and `height` count it as if every alias were written out.
    private record Built(YamlNode node, int weight, int height) {}

    /// A list or map that is still being read.
    private static final class Open {
        final boolean mapping;
        final @Nullable String anchor;
        final String tag;
        final int line;
        final int column;
        final List<YamlNode> items = new ArrayList<>();
        final Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        final List<YamlNode.Entry> merges = new ArrayList<>();
        YamlNode.@Nullable Scalar key;
        int weight = 1;
        int height = 1;

        Open(boolean mapping, @Nullable String anchor, String tag, Event event) {
            this.mapping = mapping;
            this.anchor = anchor;
            this.tag = tag;
            this.line = lineOf(event);
            this.column = columnOf(event);
        }
    }

    private final YamlLimits limits;
    private final List<YamlNode> documents = new ArrayList<>();
    private final Deque<Open> open = new ArrayDeque<>();
    private final Map<String, Built> anchors = new HashMap<>();
    private int aliases;
    private long nodes;

    TreeBuilder(YamlLimits limits) {
        this.limits = limits;
    }

    List<YamlNode> documents() {
        return documents;
    }

    void take(Event event) {
        switch (event.getEventId()) {
            case DocumentStart -> anchors.clear();
            case Scalar -> scalar((ScalarEvent) event);
            case Alias -> alias((AliasEvent) event);
            case SequenceStart, MappingStart -> start((CollectionStartEvent) event);
            case SequenceEnd, MappingEnd -> end();
            case StreamStart, StreamEnd, DocumentEnd, Comment -> { }
        }
    }

    private void scalar(ScalarEvent event) {
        count(event, 1);
        boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
        add(name(event), new Built(new YamlNode.Scalar(event.getValue(), plain,
                tag(event.getTag()), lineOf(event), columnOf(event)), 1, 0), event);
    }

    private void alias(AliasEvent event) {
        String name = event.getAlias().getValue();
        if (++aliases > limits.aliases()) {
            throw refusal(event, "more than %d aliases".formatted(limits.aliases()));
        }
        boolean inside = open.stream().anyMatch(o -> name.equals(o.anchor));
        Built target = anchors.get(name);
        if (inside || target == null) {
            throw refusal(event, inside
                    ? "the alias *%s stands inside its own anchor".formatted(name)
                    : "the alias *%s has no anchor before it; write &%s at the value it means"
                            .formatted(name, name));
        }
        count(event, target.weight());
        add(null, target, event);
    }

    private void start(CollectionStartEvent event) {
        count(event, 1);
        boolean mapping = event.getEventId() == Event.ID.MappingStart;
        if (mapping || event.getEventId() == Event.ID.SequenceStart) {
            refuseAsKey(event);
        }
        open.push(new Open(mapping, name(event), tag(event.getTag()), event));
        if (open.size() > limits.depth()) {
            throw tooDeep(event);
        }
    }

    private void end() {
        Open done = open.pop();
        if (done.mapping) {
            Merge.into(done.entries, done.merges);
        }
        YamlNode node = done.mapping
                ? new YamlNode.Mapping(done.entries, done.tag, done.line, done.column)
                : new YamlNode.Sequence(done.items, done.tag, done.line, done.column);
        add(done.anchor, new Built(node, done.weight, done.height), null);
    }

    private void add(@Nullable String anchor, Built value, @Nullable Event event) {
        if (anchor != null) {
            anchors.put(anchor, value);
        }
        Open parent = open.peek();
        if (parent == null) {
            documents.add(value.node());
            return;
        }
        if (event != null && open.size() + value.height() > limits.depth()) {
            throw tooDeep(event);
        }
        parent.weight += value.weight();
        parent.height = Math.max(parent.height, value.height() + 1);
        if (!parent.mapping) {
            parent.items.add(value.node());
        } else if (parent.key == null) {
            parent.key = key(parent, value.node(), event);
        } else {
            put(parent, parent.key, value.node());
        }
    }

    private static YamlNode.Scalar key(Open parent, YamlNode node, @Nullable Event event) {
        if (event == null || !(node instanceof YamlNode.Scalar key)) {
            throw new YamlRefusal(node.line(), node.column(), "a key must be a plain text");
        }
        YamlNode.Entry before = parent.entries.get(key.text());
        if (before != null) {
            throw refusal(event, "the key '%s' stands twice in this mapping, first on line %d; "
                    .formatted(key.text(), before.line()) + "remove one");
        }
        return key;
    }

    private static void put(Open parent, YamlNode.Scalar key, YamlNode value) {
        parent.key = null;
        var entry = new YamlNode.Entry(key.text(), key.line(), key.column(), value);
        if (key.plain() && key.text().equals("<<")) {
            parent.merges.add(entry);
        } else {
            parent.entries.put(key.text(), entry);
        }
    }

    private void refuseAsKey(Event event) {
        Open parent = open.peek();
        if (parent != null && parent.mapping && parent.key == null) {
            throw refusal(event, "a key must be a plain text, not a list or mapping");
        }
    }

    private void count(Event event, int weight) {
        nodes += weight;
        if (nodes > limits.nodes()) {
            throw refusal(event, "more than %d values, counting each alias as what it stands for"
                    .formatted(limits.nodes()));
        }
    }

    private YamlRefusal tooDeep(Event event) {
        return refusal(event, "nested more than %d levels deep".formatted(limits.depth()));
    }

    private static YamlRefusal refusal(Event event, String message) {
        return new YamlRefusal(lineOf(event), columnOf(event), message);
    }

    private static @Nullable String name(NodeEvent event) {
        return event.getAnchor().map(Anchor::getValue).orElse(null);
    }

    private static String tag(Optional<String> tag) {
        String text = tag.orElse("");
        return text.startsWith(CORE_TAG) ? "!!" + text.substring(CORE_TAG.length()) : text;
    }

    private static int lineOf(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static int columnOf(Event event) {
        return event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    }
}
