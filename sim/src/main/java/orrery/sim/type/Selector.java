package orrery.sim.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A label selector: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1,m<2`.
public final class Selector implements Predicate<Map<String, String>> {
    private static final int MAX_LENGTH = 16 << 10;
    private static final String KEY =
            "((?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?"
            + "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)";
    private static final String VALUE = "((?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?)";
    private static final Pattern EQUALITY =
            Pattern.compile("\\s*" + KEY + "\\s*(==?|!=)\\s*" + VALUE + "\\s*");
    private static final Pattern MEMBERSHIP =
            Pattern.compile("\\s*" + KEY + "\\s+(in|notin)\\s*\\(([^()]*)\\)\\s*");
    private static final Pattern COMPARISON =
            Pattern.compile("\\s*" + KEY + "\\s*([<>])\\s*(-?[0-9]{1,18})\\s*");
    private static final Pattern EXISTENCE = Pattern.compile("\\s*(!?)\\s*" + KEY + "\\s*");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");
    private static final Pattern MEMBER = Pattern.compile(VALUE);

    /// Selects everything.
    public static final Selector ALL = new Selector(List.of());

    private final List<Requirement> requirements;

    /// One condition: the key has one of the values (or, when `negative`, none of them);
    /// no values at all ask only whether the key is there.
    private record Requirement(
            String key, boolean negative, Set<String> values, Predicate<String> compares) {
        Requirement(String key, boolean negative, Set<String> values) {
            this(key, negative, values, null);
        }

        boolean test(Map<String, String> labels) {
            String value = labels.get(key);
            if (compares != null) {
                return value != null && compares.test(value);
            }
            boolean met = value != null && (values.isEmpty() || values.contains(value));
            return met != negative;
        }
    }

    private Selector(List<Requirement> requirements) {
        this.requirements = List.copyOf(requirements);
    }

    /// @throws Refusal 400 when it cannot be read
    public static Selector parse(String text) {
        if (text == null || text.isBlank()) {
            return ALL;
        }
        if (text.length() > MAX_LENGTH) {
            throw Refusal.badRequest("the label selector is longer than " + MAX_LENGTH);
        }
        List<Requirement> all = new ArrayList<>();
        for (String part : split(text)) {
            all.add(requirement(part));
        }
        return new Selector(all);
    }

    /// Labels that all must be there with these values, as `spec.selector` of a Service says.
    public static Selector of(Map<String, String> labels) {
        return new Selector(labels.entrySet().stream()
                .map(e -> new Requirement(e.getKey(), false, Set.of(e.getValue()))).toList());
    }

    @Override
    public boolean test(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.test(labels)) {
                return false;
            }
        }
        return true;
    }

    /// At commas that are not inside parentheses.
    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Requirement requirement(String part) {
        Matcher equality = EQUALITY.matcher(part);
        if (equality.matches()) {
            return new Requirement(equality.group(1), equality.group(2).equals("!="),
                    Set.of(equality.group(3)));
        }
        Matcher membership = MEMBERSHIP.matcher(part);
        if (membership.matches()) {
            return new Requirement(membership.group(1), membership.group(2).equals("notin"),
                    members(part, membership.group(3)));
        }
        Matcher comparison = COMPARISON.matcher(part);
        if (comparison.matches()) {
            boolean above = comparison.group(2).equals(">");
            long bound = Long.parseLong(comparison.group(3));
            return new Requirement(comparison.group(1), false, Set.of(),
                    value -> NUMBER.matcher(value).matches() && (above
                            ? Long.parseLong(value) > bound : Long.parseLong(value) < bound));
        }
        Matcher existence = EXISTENCE.matcher(part);
        if (existence.matches()) {
            return new Requirement(existence.group(2), existence.group(1).equals("!"), Set.of());
        }
        throw unreadable(part);
    }

    private static Set<String> members(String part, String list) {
        Set<String> values = new TreeSet<>();
        for (String value : list.split(",", -1)) {
            if (!MEMBER.matcher(value.strip()).matches()) {
                throw unreadable(part);
            }
            values.add(value.strip());
        }
        return values;
    }

    private static Refusal unreadable(String part) {
        return Refusal.badRequest("unable to parse requirement \"" + part.strip() + "\": use"
                + " key=value, key!=value, key in (a,b), key notin (a,b), key or !key");
    }
}
