package orrery.kit.yaml;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What an unquoted scalar means: the core schema of YAML 1.2 (chapter 10.3.2).
final class CoreSchema {
    private static final Pattern DECIMAL = Pattern.compile("[-+]?[0-9]{1,400}");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]{1,400}");
    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{1,400}");
    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern INFINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)");

    private CoreSchema() {}

    static @Nullable Object value(YamlNode.Scalar scalar) {
        String text = scalar.text();
        return switch (scalar.tag()) {
            case "!!str", "!" -> text;
            case "" -> scalar.plain() ? plain(text) : text;
            default -> plain(text);
        };
    }

    private static @Nullable Object plain(String text) {
        return switch (text) {
            case "", "~", "null", "Null", "NULL" -> null;
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            case ".nan", ".NaN", ".NAN" -> Double.NaN;
            default -> number(text);
        };
    }

    private static Object number(String text) {
        char first = text.charAt(0);
        if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
            return text;
        }
        if (DECIMAL.matcher(text).matches()) {
            return whole(text, 10);
        }
        if (OCTAL.matcher(text).matches()) {
            return whole(text.substring(2), 8);
        }
        if (HEX.matcher(text).matches()) {
            return whole(text.substring(2), 16);
        }
        if (INFINITE.matcher(text).matches()) {
            return first == '-' ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return text.length() <= 400 && FLOAT.matcher(text).matches()
                ? (Object) Double.valueOf(text)
                : text;
    }

    private static Object whole(String digits, int radix) {
        BigInteger value = new BigInteger(digits, radix);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }
}
