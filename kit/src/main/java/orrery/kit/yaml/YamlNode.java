package orrery.kit.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One value of a YAML document together with its place, so that a refusal can name the line.
/// Lines and columns count from 1. Anchored values are shared, not copied: the tree may be a
/// graph without cycles, and [YamlLimits] bounds its size as if every alias were written out.
public sealed interface YamlNode {
    /// Line where the value begins, from 1.
    int line();

    /// Column where the value begins, from 1.
    int column();

    /// The explicit tag such as `!reset`, or an empty string.
    String tag();

    /// Whether this is the null of YAML 1.2: `null`, `~` or nothing at all, unquoted.
    default boolean isNull() {
        return this instanceof Scalar scalar && scalar.value() == null;
    }

    /// A single value. `text` is what the author wrote, without quotes; `plain` says that no
    /// quotes stood around it, so that `8080` is a number and `"8080"` is not.
    record Scalar(String text, boolean plain, String tag, int line, int column)
            implements YamlNode {
        /// The value by the core schema of YAML 1.2: null, Boolean, Long, BigInteger, Double
        /// or String. `yes` and `22:22` are strings.
        public @Nullable Object value() {
            return CoreSchema.value(this);
        }
    }

    /// An ordered list.
    record Sequence(List<YamlNode> items, String tag, int line, int column) implements YamlNode {
        /// Copies the list.
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// Keys in the order written. Merge keys (`<<`) are already worked in.
    record Mapping(Map<String, Entry> entries, String tag, int line, int column)
            implements YamlNode {
        /// Copies the map and keeps its order.
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /// The value under `key`, or null where there is none.
        public @Nullable YamlNode get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }
    }

    /// A key with its place, and its value.
    record Entry(String key, int line, int column, YamlNode value) {}
}
