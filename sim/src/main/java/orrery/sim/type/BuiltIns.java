package orrery.sim.type;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The types that every cluster has, read from the table `builtin-types.txt`.
final class BuiltIns {
    static final List<ResourceType> ALL = read();

    private BuiltIns() {}

    private static List<ResourceType> read() {
        List<ResourceType> types = new ArrayList<>();
        for (String line : text("builtin-types.txt").lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                types.add(parse(line.split(" ")));
            }
        }
        return List.copyOf(types);
    }

    private static ResourceType parse(String[] cell) {
        int slash = cell[0].indexOf('/');
        String group = slash < 0 ? "" : cell[0].substring(0, slash);
        String version = cell[0].substring(slash + 1);
        return new ResourceType(group, version, cell[2], cell[1], cell[3].equals("N"),
                words(cell[4]), words(cell[5]), Set.copyOf(words(cell[6])),
                cell.length < 8, false,
                Schema.builtIn(group, version, cell[2]), List.of(), null, Set.of());
    }

    private static List<String> words(String cell) {
        return cell.equals("-") ? List.of() : List.of(cell.split(","));
    }

    /// A text file that stands beside this class.
    static String text(String file) {
        try (InputStream in = BuiltIns.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
