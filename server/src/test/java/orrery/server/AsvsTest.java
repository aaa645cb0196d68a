package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The table of OWASP ASVS 5.0 in the guide has a row for each requirement, and a test that exists,
/// or a reason, in each row.
class AsvsTest {
    private static final Path GUIDE = Path.of("../docs/guide/sign-in.md");
    private static final Pattern ROW = Pattern.compile(
            "\\| (\\d+\\.\\d+\\.\\d+)(?: \\*\\(L3\\)\\*)? \\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
    private static final Pattern REASON = Pattern.compile("not (tested|done|offered): .+");

    /// How many requirements each section of the standard has.
    private static final List<Map.Entry<String, Integer>> SECTIONS = List.of(
            Map.entry("9.1", 3), Map.entry("9.2", 4), Map.entry("10.1", 2), Map.entry("10.2", 3),
            Map.entry("10.3", 5), Map.entry("10.4", 16), Map.entry("10.5", 5),
            Map.entry("10.6", 2), Map.entry("10.7", 3));

    @Test
    void everyRequirementHasATestThatExistsOrAReason() throws IOException {
        var tests = tests();
        var seen = new ArrayList<String>();
        var wrong = new ArrayList<String>();
        for (var line : Files.readAllLines(GUIDE)) {
            var row = ROW.matcher(line);
            if (!row.matches()) {
                continue;
            }
            seen.add(row.group(1));
            var evidence = row.group(3);
            var names = NAMED.matcher(evidence).results().toList();
            names.stream().filter(it -> !tests.getOrDefault(it.group(1), "")
                            .contains("void " + it.group(2) + "("))
                    .forEach(it -> wrong.add(row.group(1) + ": there is no " + it.group()));
            if (names.isEmpty() != REASON.matcher(evidence).matches()) {
                wrong.add(row.group(1) + ": either tests or a reason: " + evidence);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(seen).isEqualTo(SECTIONS.stream().flatMap(section ->
                IntStream.rangeClosed(1, section.getValue())
                        .mapToObj(n -> section.getKey() + "." + n)).toList());
    }

    private static Map<String, String> tests() throws IOException {
        var all = new HashMap<String, String>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (var file : files.filter(it -> it.toString().endsWith("Test.java")).toList()) {
                all.put(file.getFileName().toString().replace(".java", ""),
                        Files.readString(file));
            }
        }
        return all;
    }
}
