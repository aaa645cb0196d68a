package orrery.server.iam.user;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Pattern;
import orrery.kit.Mistakes;

/// What people say of themselves, by the names and rules of OpenID Connect Core 5.1. Nobody has
/// verified any of it.
public final class SelfClaims {
    /// What the scope `profile` stands for, beside name and username.
    public static final List<String> PROFILE = List.of(
            "given_name", "family_name", "middle_name", "nickname", "profile", "picture",
            "website", "gender", "birthdate", "zoneinfo", "locale");
    public static final String PHONE = "phone_number";
    public static final String ADDRESS = "address";

    /// OpenID Connect Core 5.1.1.
    private static final List<String> ADDRESS_PARTS = List.of("formatted", "street_address",
            "locality", "region", "postal_code", "country");

    private static final int LONGEST = 300;
    private static final Pattern PHONE_NUMBER = Pattern.compile("\\+[0-9][0-9 ().-]{3,30}");
    private static final Pattern BIRTHDATE =
            Pattern.compile("[0-9]{4}|[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*");

    private SelfClaims() {}

    /// Notes what is wrong with what somebody wants to say. `null` takes an entry away.
    public static void check(Mistakes mistakes, ObjectNode said) {
        said.propertyStream().filter(one -> !one.getValue().isNull()).forEach(one -> {
            var wrong = wrong(one.getKey(), one.getValue());
            if (!wrong.isEmpty()) {
                mistakes.add("claims." + one.getKey(), wrong);
            }
        });
    }

    private static String wrong(String name, JsonNode value) {
        if (name.equals(ADDRESS)) {
            return value.isObject() && value.propertyStream().allMatch(part ->
                    ADDRESS_PARTS.contains(part.getKey()) && isText(part.getValue())) ? ""
                    : "must be an object of " + String.join(", ", ADDRESS_PARTS);
        }
        if (!name.equals(PHONE) && !PROFILE.contains(name)) {
            return "must be one of " + String.join(", ", PROFILE) + ", " + PHONE + ", " + ADDRESS;
        }
        return isText(value) ? wrong(name, value.textValue())
                : "must be text of 1 to " + LONGEST + " characters";
    }

    private static String wrong(String name, String text) {
        return switch (name) {
            case "profile", "picture", "website" ->
                isWeb(text) ? "" : "must be an http or https address";
            case "birthdate" -> BIRTHDATE.matcher(text).matches() ? ""
                    : "must be a date such as 1990-12-31, or a year; 0000 for one you keep secret";
            case "zoneinfo" -> isZone(text) ? "" : "must be a time zone such as Europe/Berlin";
            case "locale" ->
                LOCALE.matcher(text).matches() ? "" : "must be a language such as en-GB";
            case PHONE -> PHONE_NUMBER.matcher(text).matches() ? ""
                    : "must be a number with its country, such as +49 30 123456";
            default -> "";
        };
    }

    private static boolean isText(JsonNode value) {
        return value.isTextual() && !value.textValue().isBlank()
                && value.textValue().length() <= LONGEST;
    }

    private static boolean isWeb(String text) {
        try {
            var uri = URI.create(text);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isZone(String text) {
        try {
            return ZoneId.of(text).getId().equals(text);
        } catch (DateTimeException e) {
            return false;
        }
    }
}
