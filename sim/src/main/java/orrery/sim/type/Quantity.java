package orrery.sim.type;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount as Kubernetes writes it: `500m`, `2Gi`, `1e3`.
///
/// @param amount in base units
/// @param binary whether it is written with `Ki`, `Mi`, …
public record Quantity(BigDecimal amount, boolean binary) implements Comparable<Quantity> {
    public static final Quantity ZERO = new Quantity(BigDecimal.ZERO, false);
    public static final Quantity ONE = new Quantity(BigDecimal.ONE, false);

    private static final Pattern FORM = Pattern.compile(
            "([+-]?[0-9]{1,18}(?:\\.[0-9]{0,9})?|[+-]?\\.[0-9]{1,9})"
            + "(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]{1,2})?");
    private static final List<String> LARGE = List.of("k", "M", "G", "T", "P", "E");
    private static final List<String> SMALL = List.of("m", "u", "n");
    private static final Map<String, BigDecimal> UNITS = Map.ofEntries(
            Map.entry("n", new BigDecimal("1e-9")), Map.entry("u", new BigDecimal("1e-6")),
            Map.entry("m", new BigDecimal("1e-3")), Map.entry("k", new BigDecimal("1e3")),
            Map.entry("M", new BigDecimal("1e6")), Map.entry("G", new BigDecimal("1e9")),
            Map.entry("T", new BigDecimal("1e12")), Map.entry("P", new BigDecimal("1e15")),
            Map.entry("E", new BigDecimal("1e18")),
            Map.entry("Ki", BigDecimal.TWO.pow(10)), Map.entry("Mi", BigDecimal.TWO.pow(20)),
            Map.entry("Gi", BigDecimal.TWO.pow(30)), Map.entry("Ti", BigDecimal.TWO.pow(40)),
            Map.entry("Pi", BigDecimal.TWO.pow(50)), Map.entry("Ei", BigDecimal.TWO.pow(60)));

    /// Empty for what is no quantity.
    public static Optional<Quantity> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        BigDecimal number = new BigDecimal(form.group(1));
        String unit = form.group(2);
        if (unit == null) {
            return Optional.of(new Quantity(number, false));
        }
        BigDecimal factor = UNITS.get(unit);
        return Optional.of(new Quantity(
                number.multiply(factor != null ? factor : new BigDecimal("1" + unit)),
                unit.endsWith("i")));
    }

    /// Zero for what is no quantity, for amounts that were checked before.
    public static Quantity of(String text) {
        return parse(text).orElse(ZERO);
    }

    public Quantity plus(Quantity other) {
        return new Quantity(amount.add(other.amount), isZero() ? other.binary : binary);
    }

    public Quantity minus(Quantity other) {
        return new Quantity(amount.subtract(other.amount), isZero() ? other.binary : binary);
    }

    public boolean isZero() {
        return amount.signum() == 0;
    }

    @Override
    public int compareTo(Quantity other) {
        return amount.compareTo(other.amount);
    }

    /// In the largest unit that needs no fraction.
    @Override
    public String toString() {
        if (isZero()) {
            return "0";
        }
        if (binary && amount.abs().compareTo(UNITS.get("Ki")) >= 0) {
            return binaryText();
        }
        BigDecimal rest = amount.setScale(9, RoundingMode.UP).stripTrailingZeros();
        String unit = "";
        for (int i = 0; rest.scale() > 0; i++) {
            rest = rest.movePointRight(3).stripTrailingZeros();
            unit = SMALL.get(i);
        }
        for (int i = 0; unit.isEmpty() && i < LARGE.size() && rest.scale() <= -3; i++) {
            rest = rest.movePointLeft(3).stripTrailingZeros();
            if (rest.scale() > -3 || i == LARGE.size() - 1) {
                return rest.toPlainString() + LARGE.get(i);
            }
        }
        return rest.toPlainString() + unit;
    }

    private String binaryText() {
        String best = amount.setScale(0, RoundingMode.UP).toPlainString();
        for (String unit : List.of("Ki", "Mi", "Gi", "Ti", "Pi", "Ei")) {
            BigDecimal[] parts = amount.divideAndRemainder(UNITS.get(unit));
            if (parts[1].signum() != 0) {
                return best;
            }
            best = parts[0].toPlainString() + unit;
        }
        return best;
    }
}
