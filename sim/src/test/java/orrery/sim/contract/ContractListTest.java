package orrery.sim.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// `api/contract.txt` names every check of the contract, and those that no real server of the
/// tests can run, with what they need. `-Dorrery.rewrite=true` writes it anew.
class ContractListTest {
    private static final Path LIST = Path.of("../api/contract.txt");

    @Test
    void namesEveryCheckAndWhatItNeeds() throws IOException, ClassNotFoundException {
        var list = String.join("\n", lines()) + "\n";
        if (Boolean.getBoolean("orrery.rewrite")) {
            Files.writeString(LIST, list);
        }
        assertThat(Files.readString(LIST)).as("run with -Dorrery.rewrite=true").isEqualTo(list);
    }

    private static List<String> lines() throws IOException, ClassNotFoundException {
        var lines = new ArrayList<String>();
        var folder = Path.of("src/test/java/orrery/sim/contract");
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith("ContractTest.java")).sorted().toList()) {
                var type = Class.forName("orrery.sim.contract." + file.replace(".java", ""));
                Arrays.stream(type.getDeclaredMethods()).filter(ContractListTest::isCheck)
                        .map(check -> type.getSimpleName() + "." + check.getName() + needs(check))
                        .sorted().forEach(lines::add);
            }
        }
        return lines;
    }

    private static boolean isCheck(Method method) {
        return Arrays.stream(method.getAnnotations()).anyMatch(a ->
                a.annotationType().getName().startsWith("org.junit.jupiter.")
                        && a.annotationType().getSimpleName().endsWith("Test")
                        || a.annotationType().getSimpleName().equals("TestFactory"));
    }

    private static String needs(Method check) {
        var needs = check.getAnnotation(Needs.class);
        if (needs == null) {
            return "";
        }
        return needs.simulation() ? "   (only the simulated region)"
                : "   (Kubernetes 1." + needs.version() + "; ran on no real server)";
    }
}
