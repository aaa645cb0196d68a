package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Our rules of writing, for every Java file of the repository. Each message says what to do
/// instead.
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final int LONGEST_LINE = 100;
    private static final int LONGEST_FILE = 500;
    private static final int LONGEST_METHOD = 70;
    private static final String MAIN = "/src/main/";

    /// @param where files whose path, from the root on, holds this
    /// @param but files whose path matches this are free
    private record Ban(String where, String but, String found, String instead) {}

    private static final List<Ban> BANS = List.of(
            new Ban("server/src/main/", "", "\\b(Instant|LocalDate|LocalDateTime|OffsetDateTime|"
                    + "ZonedDateTime)\\.now\\(|System\\.currentTimeMillis\\(",
                    "the time is given: take a java.time.Clock in the constructor"),
            new Ban("server/src/main/", "", "UUID\\.randomUUID\\(|new Random\\(|Math\\.random\\(|"
                    + "ThreadLocalRandom",
                    "ids are given: take orrery.kit.Ids, or a RandomGenerator, in the constructor"),
            new Ban("server/src/main/", "", "System\\.getenv\\(|System\\.getProperty\\(",
                    "settings are records with @Setting, read by orrery.kit.config.Configuration"),
            new Ban("server/src/main/", "", "Thread\\.sleep\\(",
                    "waiting is a saga's Steps.await or a Loop"),
            new Ban("server/src/main/", "/Main\\.java", "System\\.(out|err)\\.print",
                    "log with System.Logger"),
            new Ban("/src/main/", "", "\\.printStackTrace\\(",
                    "log with System.Logger"),
            new Ban("/src/", "TidyTest\\.java", "\\b(TODO|FIXME|XXX)\\b",
                    "do it, or write down the limit where it is met"),
            new Ban("/src/", "", "^import (static )?[\\w.]+\\.\\*;",
                    "import what is used, one by one"),
            new Ban("/src/", "", "\t", "indent with four spaces"),
            new Ban("/src/", "", "[ \t]$", "no space at the end of a line"),
            new Ban("/src/main/", "", "@Transactional",
                    "open transactions with Database.tx(grant, tx -> …)"),
            new Ban("server/src/main/", "", "^    @Inject$",
                    "objects are given in the constructor, without @Inject"),
            new Ban("/src/", "", "\\blombok\\b|\\bmockito\\b",
                    "records instead of Lombok, real servers instead of mocks"),
            new Ban("server/src/main/", "Api\\.java|/server/surface/|/server/Wiring\\.java",
                    "^import orrery\\.server\\.surface\\.",
                    "only …Api classes know how a family looks on the wire"));

    @Test
    void nothingBannedIsUsed() throws IOException {
        var found = new ArrayList<String>();
        for (var file : files()) {
            var path = "/" + ROOT.relativize(file);
            var lines = Files.readAllLines(file);
            for (var ban : BANS) {
                var free = !ban.but().isEmpty() && Pattern.compile(ban.but()).matcher(path).find();
                if (path.contains(ban.where()) && !free) {
                    var pattern = Pattern.compile(ban.found());
                    for (int i = 0; i < lines.size(); i++) {
                        if (pattern.matcher(code(lines.get(i))).find()) {
                            found.add(at(path, i) + ban.instead());
                        }
                    }
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void filesMethodsAndLinesAreShort() throws IOException {
        var found = new ArrayList<String>();
        for (var file : files()) {
            var path = "/" + ROOT.relativize(file);
            var lines = Files.readAllLines(file);
            if (lines.size() > LONGEST_FILE) {
                found.add(path + " has " + lines.size() + " lines: split it below 500");
            }
            int begun = -1;
            for (int i = 0; i < lines.size(); i++) {
                var line = lines.get(i);
                if (line.length() > LONGEST_LINE && !line.contains("http")) {
                    found.add(at(path, i) + "break the line before column 101");
                }
                if (isMethod(line) && path.contains(MAIN)) {
                    begun = i;
                } else if (begun >= 0 && line.equals("    }")) {
                    if (i - begun > LONGEST_METHOD) {
                        found.add(at(path, begun) + "split the method below 71 lines");
                    }
                    begun = -1;
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void importsAreUsed() throws IOException {
        var line = Pattern.compile("(?m)^import (?:static )?[\\w.]+\\.(\\w+);$");
        var found = new ArrayList<String>();
        for (var file : files()) {
            var text = Files.readString(file);
            var rest = text.replaceAll("(?m)^import .*$", "");
            line.matcher(text).results().map(match -> match.group(1))
                    .filter(name -> !Pattern.compile("\\b" + name + "\\b").matcher(rest).find())
                    .forEach(name -> found.add("/" + ROOT.relativize(file)
                            + " imports " + name + " and does not use it"));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void namesSayWhatThingsAre() throws IOException {
        var name = Pattern.compile(
                "(Impl|Manager|Helper|Helpers|Util|Utils|Dto|DTO|Entity|Processor|Data|Info)"
                        + "\\.java$");
        var folder = Pattern.compile("/(common|util|utils|dto|helper|impl|misc|model|entities)/");
        var found = new ArrayList<String>();
        for (var file : files()) {
            var path = "/" + ROOT.relativize(file);
            if (name.matcher(path).find()) {
                found.add(path + ": name it by what it is or does in the field's own words");
            }
            if (folder.matcher(path).find()) {
                found.add(path + ": packages are features, not kinds of classes");
            }
            var levels = path.replaceFirst(".*/java/orrery/", "").split("/").length - 2;
            if (levels > 2 && path.contains("/java/orrery/")) {
                found.add(path + ": two package levels below the module, no third");
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void sqlStandsInTablesOnly() throws IOException {
        var sql = Pattern.compile("(?is)\"[^\"]*\\b(select\\s.+\\sfrom\\s|insert\\s+into\\s"
                + "|update\\s+\\w+\\s+set\\s|delete\\s+from\\s)");
        var found = new ArrayList<String>();
        for (var file : files()) {
            var path = "/" + ROOT.relativize(file);
            if (path.contains("server/src/main/") && !path.endsWith("Table.java")
                    && sql.matcher(literals(Files.readString(file))).find()) {
                found.add(path + ": move the SQL into the resource's …Table");
            }
        }
        assertThat(found).isEmpty();
    }

    /// Every string of a file, text blocks included, each in quotes on a line of its own.
    private static String literals(String source) {
        var out = new StringBuilder();
        var string = Pattern.compile("(?s)\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
        var match = string.matcher(source);
        while (match.find()) {
            var text = match.group(1) == null ? match.group(2) : match.group(1);
            out.append('"').append(text.replace('"', '\'')).append("\"\n");
        }
        return out.toString();
    }

    /// A line without its comment; text in quotes stays, since a pattern may look for it.
    private static String code(String line) {
        var stripped = line.stripLeading();
        if (stripped.startsWith("///") || stripped.startsWith("//") || stripped.startsWith("*")) {
            return stripped.contains("TODO") || stripped.contains("FIXME") ? line : "";
        }
        return line;
    }

    private static boolean isMethod(String line) {
        return line.startsWith("    ") && !line.startsWith("     ") && line.endsWith("{")
                && line.contains("(")
                && !line.matches(".*\\b(class|interface|enum|record|switch)\\b.*");
    }

    private static String at(String path, int line) {
        return path + ":" + (line + 1) + ": ";
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(ROOT)) {
            return all.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.toString().contains("/target/"))
                    .filter(file -> file.toString().contains("/src/"))
                    .sorted()
                    .toList();
        }
    }
}
