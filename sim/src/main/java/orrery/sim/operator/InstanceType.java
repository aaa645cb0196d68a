package orrery.sim.operator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// The size of a simulated node.
///
/// @param cpus    cores
/// @param memory  GiB
/// @param gpus    of `nvidia.com/gpu`
/// @param gpuName label `nvidia.com/gpu.product`; empty without
public record InstanceType(String name, int cpus, int memory, int gpus, String gpuName) {
    private static final Map<String, InstanceType> KNOWN = read();

    /// The instance type of that name; one that is not in the table is an ordinary server of 4
    /// cores and 16 GiB under that name.
    public static InstanceType named(String name) {
        var known = KNOWN.get(name);
        return known != null ? known : new InstanceType(name, 4, 16, 0, "");
    }

    private static Map<String, InstanceType> read() {
        try (var in = InstanceType.class.getResourceAsStream("instance-types.txt");
                var lines = new BufferedReader(
                        new InputStreamReader(in, StandardCharsets.UTF_8))) {
            var all = new HashMap<String, InstanceType>();
            lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" +"))
                    .forEach(cell -> all.put(cell[0], new InstanceType(cell[0],
                            Integer.parseInt(cell[1]), Integer.parseInt(cell[2]),
                            Integer.parseInt(cell[3]), cell.length > 4 ? cell[4] : "")));
            return Map.copyOf(all);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
