package orrery.kit.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import orrery.kit.http.PageAsk.Filter;
import orrery.kit.http.PageAsk.Test;

/// A condition on a list's items, as text: the part of AIP-160 that compares fields.
///
/// ```
/// status = active AND (email : "@example.com" OR name = ann) AND createdAt > 2026-01-01T00:00:00Z
/// ```
///
/// `=`, `!=`, `<`, `<=`, `>`, `>=`, and `:` for a part of a text in any case; `AND`, `OR`, `NOT`
/// and `-`, parentheses. As AIP-160 has it, `OR` binds closer than `AND`. Values with other
/// characters than letters, digits, and `.`, `_`, `-`, `@`, `+`, `:` stand in quotes.
public sealed interface Expression {
    record And(List<Expression> parts) implements Expression {}

    record Or(List<Expression> parts) implements Expression {}

    record Not(Expression part) implements Expression {}

    record Is(Filter filter) implements Expression {}

    /// @throws orrery.kit.Problem.Failure [orrery.kit.Problem.BadQuery] for what is none, with the
    ///     place of the mistake
    static Expression parse(String text) {
        return new Parser(text).parse();
    }

    /// Reads an expression from left to right.
    final class Parser {
        private static final int LONGEST = 1000;
        private static final int DEEPEST = 10;
        private static final int MOST = 50;
        private static final Pattern TOKEN = Pattern.compile("\\s*(?:"
                + "(?<quoted>\"(?:[^\"\\\\]|\\\\.)*\")|(?<sign>!=|<=|>=|[=<>:()-])"
                + "|(?<word>[A-Za-z0-9_.@+][A-Za-z0-9_.@+:-]*)|(?<end>$))");
        private static final Pattern FIELD = Pattern.compile("[A-Za-z][A-Za-z0-9]{0,63}");
        private static final Map<String, Test> TESTS = Map.of("=", Test.EQ, "!=", Test.NE,
                "<", Test.LT, "<=", Test.LTE, ">", Test.GT, ">=", Test.GTE, ":", Test.CONTAINS);

        private final String text;
        private final Matcher tokens;
        private int conditions;
        private String token = "";
        private boolean isQuoted;
        private int at;
        private int next;

        Parser(String text) {
            if (text.length() > LONGEST) {
                throw Filters.bad("filter may have at most " + LONGEST + " characters", List.of());
            }
            this.text = text;
            this.tokens = TOKEN.matcher(text);
            advance();
        }

        Expression parse() {
            var whole = all(1);
            if (!token.isEmpty() || isQuoted) {
                throw wrong("AND, OR or the end");
            }
            return whole;
        }

        private Expression all(int depth) {
            var parts = new ArrayList<Expression>();
            parts.add(any(depth));
            while (is("AND")) {
                advance();
                parts.add(any(depth));
            }
            return parts.size() == 1 ? parts.getFirst() : new And(parts);
        }

        private Expression any(int depth) {
            var parts = new ArrayList<Expression>();
            parts.add(one(depth));
            while (is("OR")) {
                advance();
                parts.add(one(depth));
            }
            return parts.size() == 1 ? parts.getFirst() : new Or(parts);
        }

        private Expression one(int depth) {
            if (depth > DEEPEST) {
                throw Filters.bad("filter may be nested at most " + DEEPEST + " deep", List.of());
            }
            if (is("NOT") || is("-")) {
                advance();
                return new Not(one(depth + 1));
            }
            if (!is("(")) {
                return new Is(condition());
            }
            advance();
            var inner = all(depth + 1);
            if (!is(")")) {
                throw wrong("AND, OR or )");
            }
            advance();
            return inner;
        }

        private Filter condition() {
            if (++conditions > MOST) {
                throw Filters.bad("filter may have at most " + MOST + " conditions", List.of());
            }
            if (isQuoted || !FIELD.matcher(field()).matches()) {
                throw wrong("a field, NOT or (");
            }
            var field = take(field());
            var test = TESTS.get(token);
            if (isQuoted || test == null) {
                throw wrong("one of = != : < <= > >=");
            }
            advance();
            if (!isQuoted && (token.isEmpty() || TESTS.containsKey(token)
                    || "()-".contains(token))) {
                throw wrong("a value");
            }
            var value = token;
            advance();
            return new Filter(field, null, test, List.of(value));
        }

        /// A word may hold colons, as times do: in front of one stands a field.
        private String field() {
            var colon = token.indexOf(':');
            return colon < 0 ? token : token.substring(0, colon);
        }

        /// Goes on behind a part of the token.
        private String take(String part) {
            next = at + part.length();
            advance();
            return part;
        }

        private boolean is(String sign) {
            return !isQuoted && token.equals(sign);
        }

        private void advance() {
            tokens.region(next, text.length());
            if (!tokens.lookingAt()) {
                at = next;
                token = "";
                throw wrong("a field, a sign or a value in quotes");
            }
            next = tokens.end();
            var quoted = tokens.group("quoted");
            isQuoted = quoted != null;
            if (quoted != null) {
                at = tokens.start("quoted");
                token = quoted.substring(1, quoted.length() - 1).replaceAll("\\\\(.)", "$1");
            } else {
                var found = List.of("sign", "word", "end").stream()
                        .filter(group -> tokens.group(group) != null).findFirst().orElseThrow();
                at = tokens.start(found);
                token = tokens.group(found);
            }
        }

        private RuntimeException wrong(String expected) {
            return Filters.bad("filter needs " + expected + " at character " + (at + 1),
                    List.of());
        }
    }
}
