package orrery.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// What the heap of another JVM holds, asked for by `jcmd`.
final class Heap {
    private static final Pattern USED = Pattern.compile("^(?:DefNew|Tenured).* used (\\d+)K");

    private Heap() {}

    /// Live objects in MiB, after a collection.
    static double live(long pid) throws IOException {
        jcmd(pid, "GC.run");
        long live = 0;
        for (var line : jcmd(pid, "GC.heap_info").split("\n")) {
            var used = USED.matcher(line.strip());
            live += used.find() ? Long.parseLong(used.group(1)) : 0;
        }
        return live / 1024.0;
    }

    private static String jcmd(long pid, String command) throws IOException {
        var tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(tool, Long.toString(pid), command).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
