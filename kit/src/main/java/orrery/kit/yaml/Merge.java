package orrery.kit.yaml;

import java.util.List;
import java.util.Map;

/// The merge key of YAML 1.1 (`<<`), which people still write: a mapping or a list of mappings
/// whose keys count unless the mapping itself, or an earlier one of the list, has them.
final class Merge {
    private Merge() {}

    static void into(Map<String, YamlNode.Entry> entries, List<YamlNode.Entry> merges) {
        for (YamlNode.Entry merge : merges) {
            switch (merge.value()) {
                case YamlNode.Mapping mapping -> keepOwn(entries, mapping);
                case YamlNode.Sequence sequence -> sequence.items().forEach(item -> {
                    if (!(item instanceof YamlNode.Mapping mapping)) {
                        throw wrong(item.line(), item.column());
                    }
                    keepOwn(entries, mapping);
                });
                case YamlNode.Scalar scalar -> {
                    if (!scalar.isNull()) {
                        throw wrong(merge.line(), merge.column());
                    }
                }
            }
        }
    }

    private static void keepOwn(Map<String, YamlNode.Entry> entries, YamlNode.Mapping other) {
        other.entries().forEach(entries::putIfAbsent);
    }

    private static YamlRefusal wrong(int line, int column) {
        return new YamlRefusal(line, column,
                "'<<' takes a mapping or a list of mappings, such as *defaults");
    }
}
