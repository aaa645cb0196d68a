package orrery.sim.kind;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts as Kubernetes writes them: `500m`, `2Gi`, `1e3`.
final class Quantities {
    private static final Pattern FORM = Pattern.compile(
            "([+-]?[0-9]{1,18}(?:\\.[0-9]{0,9})?|[+-]?\\.[0-9]{1,9})"
            + "(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,2})?");
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("n", new BigDecimal("1e-9")), Map.entry("u", new BigDecimal("1e-6")),
            Map.entry("m", new BigDecimal("1e-3")), Map.entry("k", new BigDecimal("1e3")),
            Map.entry("M", new BigDecimal("1e6")), Map.entry("G", new BigDecimal("1e9")),
            Map.entry("T", new BigDecimal("1e12")), Map.entry("P", new BigDecimal("1e15")),
            Map.entry("E", new BigDecimal("1e18")),
            Map.entry("Ki", BigDecimal.TWO.pow(10)), Map.entry("Mi", BigDecimal.TWO.pow(20)),
            Map.entry("Gi", BigDecimal.TWO.pow(30)), Map.entry("Ti", BigDecimal.TWO.pow(40)),
            Map.entry("Pi", BigDecimal.TWO.pow(50)), Map.entry("Ei", BigDecimal.TWO.pow(60)));

    private Quantities() {}

    /// The amount in base units; empty when it is no quantity.
    static Optional<BigDecimal> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(form.group(1));
        String unit = form.group(2);
        if (unit == null) {
            return Optional.of(number);
        }
        BigDecimal factor = UNITS.get(unit);
        return Optional.of(number.multiply(
                factor != null ? factor : new BigDecimal("1" + unit)));
    }
}
