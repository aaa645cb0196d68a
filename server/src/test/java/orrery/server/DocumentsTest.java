package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The documents speak only of what exists.
class DocumentsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> NOT_OURS = Set.of("target", "node_modules", ".git");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:\\s]+)(#[^)]*)?\\)");
    private static final Pattern TYPE =
            Pattern.compile("@?([A-Z]\\w*[a-z]\\w*)(?:\\.([a-z]\\w*))?");
    private static final Pattern PACKAGE = Pattern.compile("(kit|sim|server|cli)(\\.[a-z]+)+");
    private static final Pattern PATH = Pattern.compile("\\.{0,2}/?[\\w.-]+(/[\\w.-]+)*/?");
    private static final Pattern DECLARED =
            Pattern.compile("\\b(?:class|record|interface|enum)\\s+([A-Z]\\w*)");

    @ParameterizedTest
    @CsvSource({"ARCHITECTURE.md, 200", "STYLE.md, 120", "CONTRIBUTING.md, 120"})
    void namesOnlyWhatExists(String document, int lines) throws IOException {
        var text = Files.readString(ROOT.resolve(document));
        var types = types();
        var missing = new ArrayList<String>();
        var code = CODE.matcher(text.replaceAll("(?s)```.*?```", ""));
        while (code.find()) {
            if (!exists(code.group(1), types)) {
                missing.add(code.group(1));
            }
        }
        assertThat(missing).as("names in %s that stand nowhere in the tree: mend the document,"
                + " or the code", document).isEmpty();
        assertThat(text.lines().count()).as("%s stays short", document).isLessThanOrEqualTo(lines);
    }

    @Test
    void everyRelativeLinkResolves() throws IOException {
        var broken = new ArrayList<String>();
        for (var document : files(".md")) {
            var links = LINK.matcher(Files.readString(document));
            while (links.find()) {
                if (!Files.exists(document.resolveSibling(links.group(1)))) {
                    broken.add(ROOT.relativize(document) + " → " + links.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    private static boolean exists(String code, Map<String, String> types) {
        var type = TYPE.matcher(code);
        if (type.matches()) {
            var source = types.get(type.group(1));
            return source != null && (type.group(2) == null
                    || Pattern.compile("\\b" + type.group(2) + "\\b").matcher(source).find());
        }
        if (PACKAGE.matcher(code).matches()) {
            var module = code.substring(0, code.indexOf('.'));
            return Files.isDirectory(ROOT.resolve(
                    module + "/src/main/java/orrery/" + code.replace('.', '/')));
        }
        // A path has a slash, or an ending that files have. Addresses begin with a slash.
        boolean isPath = PATH.matcher(code).matches() && !code.startsWith("/")
                && (code.contains("/") || code.endsWith(".md"));
        return !isPath || Files.exists(ROOT.resolve(code));
    }

    /// Every type that is declared in the tree, with the text of its file.
    private static Map<String, String> types() throws IOException {
        var types = new HashMap<String, String>();
        for (var file : files(".java")) {
            var text = Files.readString(file);
            var declared = DECLARED.matcher(text);
            while (declared.find()) {
                types.merge(declared.group(1), text, String::concat);
            }
        }
        return types;
    }

    private static List<Path> files(String ending) throws IOException {
        var found = new ArrayList<Path>();
        try (Stream<Path> top = Files.walk(ROOT, 12)) {
            top.filter(p -> p.toString().endsWith(ending))
                    .filter(p -> Stream.of(ROOT.relativize(p).toString().split("/"))
                            .noneMatch(NOT_OURS::contains))
                    .forEach(found::add);
        }
        return found;
    }
}
