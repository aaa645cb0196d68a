package orrery.server.studio.importer;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A Compose file and what is known around it.
///
/// @param text      the file
/// @param fileName  how to call it in messages
/// @param namespace where the objects shall live
/// @param variables what `${…}` and bare environment names may refer to
/// @param profiles  the active profiles; services of others are left out, `*` means all
/// @param files     the texts of files beside it (`./nginx.conf`, `.env`), by relative path
public record ComposeSource(String text, String fileName, String namespace,
        Map<String, String> variables, Set<String> profiles, Map<String, String> files) {
    /// Copies the collections.
    public ComposeSource {
        variables = Map.copyOf(variables);
        profiles = Set.copyOf(profiles);
        files = Map.copyOf(files);
    }

    /// A file that came alone.
    public static ComposeSource of(String text, String fileName, String namespace) {
        return new ComposeSource(text, fileName, namespace, Map.of(), Set.of(), Map.of());
    }

    /// The text of a file beside this one, or null; `./a` and `a` are the same.
    @Nullable String file(String path) {
        String plain = path.startsWith("./") ? path.substring(2) : path;
        String text = files.get(plain);
        return text == null ? files.get("./" + plain) : text;
    }

    /// Without texts and values, so that they never reach a log.
    @Override
    public String toString() {
        return "ComposeSource[%s, %d characters]".formatted(fileName, text.length());
    }
}
