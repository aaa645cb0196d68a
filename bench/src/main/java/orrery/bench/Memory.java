package orrery.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Memory that processes occupy, in MiB.
///
/// @param resident     what is in memory, shared pages counted by everybody who has them (Rss)
/// @param proportional shared pages counted by parts (Pss): sums over processes are true
record Memory(double resident, double proportional) {
    /// `/proc/PID/smaps_rollup` (proc(5)), of a process and its children.
    static Memory tree(long pid) throws IOException {
        var sum = of(pid);
        for (var child : ProcessHandle.of(pid).orElseThrow().children().toList()) {
            var more = of(child.pid());
            sum = new Memory(sum.resident + more.resident, sum.proportional + more.proportional);
        }
        return sum;
    }

    private static Memory of(long pid) throws IOException {
        double resident = 0;
        double proportional = 0;
        for (var line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
            var words = line.split("\\s+");
            switch (words[0]) {
                case "Rss:" -> resident = Long.parseLong(words[1]) / 1024.0;
                case "Pss:" -> proportional = Long.parseLong(words[1]) / 1024.0;
                default -> { }
            }
        }
        return new Memory(resident, proportional);
    }
}
