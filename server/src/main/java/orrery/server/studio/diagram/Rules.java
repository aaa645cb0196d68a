package orrery.server.studio.diagram;

import java.util.Locale;
import java.util.regex.Pattern;

/// What Kubernetes accepts as names, labels, quantities and images, so that a mistake is named
/// before anything is sent.
final class Rules {
    static final String NAME = "it must be lower-case letters, digits, '-' and '.', begin and end"
            + " with a letter or digit, and have at most 253 characters";
    static final String LABEL = "it must be lower-case letters, digits and '-', begin and end with"
            + " a letter or digit, and have at most 63 characters";
    static final String SERVICE_NAME = "it must be lower-case letters, digits and '-', begin with"
            + " a letter, end with a letter or digit, and have at most 63 characters";
    static final String QUANTITY = "it must be a quantity such as 500m, 2, 128Mi or 1.5Gi";

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern DNS_NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL_VALUE =
            Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern LABEL_NAME =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern CONFIG_KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");
    private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[-._a-zA-Z][-._a-zA-Z0-9]*");
    private static final Pattern AMOUNT = Pattern.compile(
            "[+]?([0-9]{1,18}(\\.[0-9]{0,9})?|\\.[0-9]{1,9})"
                    + "(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][-+]?[0-9]{1,3})?");

    private Rules() {}

    static boolean isLabel(String text) {
        return DNS_LABEL.matcher(text).matches();
    }

    static boolean isName(String text) {
        return text.length() <= 253 && DNS_NAME.matcher(text).matches();
    }

    static boolean isServiceName(String text) {
        return isLabel(text) && text.charAt(0) >= 'a';
    }

    static boolean isLabelValue(String text) {
        return LABEL_VALUE.matcher(text).matches();
    }

    static boolean isLabelKey(String text) {
        int slash = text.indexOf('/');
        return LABEL_NAME.matcher(text.substring(slash + 1)).matches()
                && (slash < 0 || isName(text.substring(0, slash)));
    }

    static boolean isConfigKey(String text) {
        return CONFIG_KEY.matcher(text).matches() && !text.equals(".") && !text.equals("..");
    }

    static boolean isEnvironmentName(String text) {
        return ENVIRONMENT_NAME.matcher(text).matches();
    }

    static boolean isQuantity(String text) {
        return AMOUNT.matcher(text).matches();
    }

    static boolean isImage(String text) {
        return !text.isEmpty() && text.length() <= 512
                && text.chars().allMatch(c -> c > ' ' && c < 127);
    }

    /// A DNS label made of any name: a container's or volume's name, at most 63 characters.
    static String toLabel(String name) {
        String text = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String cut = text.substring(0, Math.min(text.length(), 63));
        String label = cut.replaceAll("^-+|-+$", "");
        return label.isEmpty() ? "x" : label;
    }

    static String brief(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "…";
    }
}
