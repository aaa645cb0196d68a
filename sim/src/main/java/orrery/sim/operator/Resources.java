package orrery.sim.operator;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/// Amounts of resources by name, in thousandths of their unit (`cpu`: milli-cores, `memory`:
/// milli-bytes, `pods`, `nvidia.com/gpu`: thousandths of one).
public record Resources(Map<String, Long> amounts) {
    static final Resources NONE = new Resources(Map.of());

    public Resources {
        amounts = Map.copyOf(amounts);
    }

    /// Reads a resource list: `{"cpu": "250m", "memory": "64Mi"}`.
    public static Resources of(JsonNode list) {
        var amounts = new HashMap<String, Long>();
        list.properties().forEach(e -> amounts.put(e.getKey(), milli(e.getValue().asText())));
        return new Resources(amounts);
    }

    /// What a pod asks of its node: the sum of its containers, or one init container if larger,
    /// and one of `pods`.
    static Resources of(JsonNode podSpec, String pods) {
        var sum = new Resources(Map.of(pods, 1000L));
        for (var container : podSpec.path("containers")) {
            sum = sum.plus(requests(container));
        }
        for (var container : podSpec.path("initContainers")) {
            sum = sum.orMore(requests(container));
        }
        return sum.plus(of(podSpec.path("overhead")));
    }

    private static Resources requests(JsonNode container) {
        var requests = new HashMap<>(of(container.path("resources").path("limits")).amounts());
        requests.putAll(of(container.path("resources").path("requests")).amounts());
        return new Resources(requests);
    }

    long get(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    Resources plus(Resources other) {
        var sum = new HashMap<>(amounts);
        other.amounts.forEach((name, amount) -> sum.merge(name, amount, Long::sum));
        return new Resources(sum);
    }

    Resources minus(Resources other) {
        var rest = new HashMap<>(amounts);
        other.amounts.forEach((name, amount) -> rest.merge(name, -amount, Long::sum));
        return new Resources(rest);
    }

    private Resources orMore(Resources other) {
        var most = new HashMap<>(amounts);
        other.amounts.forEach((name, amount) -> most.merge(name, amount, Math::max));
        return new Resources(most);
    }

    /// A quantity (`100m`, `1.5`, `64Mi`, `2e3`) in thousandths; 0 for what is none.
    static long milli(String quantity) {
        int end = quantity.length();
        while (end > 0 && Character.isLetter(quantity.charAt(end - 1))) {
            end--;
        }
        try {
            var number = new BigDecimal(quantity.substring(0, end));
            return number.multiply(factor(quantity.substring(end))).longValue();
        } catch (NumberFormatException none) {
            return 0;
        }
    }

    private static BigDecimal factor(String suffix) {
        int binary = "KiMiGiTiPiEi".indexOf(suffix);
        int decimal = "kMGTPE".indexOf(suffix);
        var milli = BigDecimal.valueOf(1000);
        if (suffix.isEmpty()) {
            return milli;
        }
        if (suffix.length() == 2 && binary >= 0) {
            return milli.multiply(BigDecimal.TWO.pow(10 * (binary / 2 + 1)));
        }
        if (decimal >= 0) {
            return milli.multiply(BigDecimal.TEN.pow(3 * (decimal + 1)));
        }
        return suffix.equals("m") ? BigDecimal.ONE
                : suffix.equals("u") ? new BigDecimal("0.001") : BigDecimal.ZERO;
    }
}
