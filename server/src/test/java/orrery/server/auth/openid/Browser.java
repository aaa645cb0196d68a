package orrery.server.auth.openid;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A browser without scripts: it keeps cookies, follows nothing by itself, and posts forms.
public final class Browser {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Pattern HIDDEN =
            Pattern.compile("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">");
    private static final Pattern ACTION =
            Pattern.compile("<form method=\"post\" action=\"([^\"]*)");

    private final URI server;
    private final Map<String, String> cookies = new TreeMap<>();

    public Browser(URI server) {
        this.server = server;
    }

    /// What the browser shows, or where it was sent.
    public record Seen(int status, String body, HttpResponse<String> raw) {
        String header(String name) {
            return raw.headers().firstValue(name).orElse("");
        }

        String location() {
            return header("Location");
        }

        /// The parameters of the address that it was sent to.
        Map<String, String> answer() {
            return fields(URI.create(location()).getRawQuery());
        }

        boolean isSignIn() {
            return body.contains("name=\"password\"");
        }

        boolean isConsent() {
            return body.contains("value=\"allow\"");
        }
    }

    public Seen get(String address) {
        return send(HttpRequest.newBuilder(server.resolve(address)).GET());
    }

    public Seen post(String address, Map<String, String> fields) {
        return send(HttpRequest.newBuilder(server.resolve(address))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", server.getScheme() + "://" + server.getAuthority())
                .POST(BodyPublishers.ofString(encoded(fields))));
    }

    /// Posts the form of a page, filled in.
    public Seen submit(Seen page, Map<String, String> fields) {
        var all = new LinkedHashMap<>(hidden(page));
        all.putAll(fields);
        return post(action(page), all);
    }

    static Map<String, String> hidden(Seen page) {
        var out = new LinkedHashMap<String, String>();
        var match = HIDDEN.matcher(page.body());
        while (match.find()) {
            out.put(match.group(1), match.group(2).replace("&amp;", "&"));
        }
        return out;
    }

    static String action(Seen page) {
        var match = ACTION.matcher(page.body());
        if (!match.find()) {
            throw new AssertionError("no form: " + page.status() + " " + page.body());
        }
        return match.group(1);
    }

    Map<String, String> cookies() {
        return cookies;
    }

    private Seen send(HttpRequest.Builder request) {
        if (!cookies.isEmpty()) {
            request.header("Cookie", cookies.entrySet().stream()
                    .map(one -> one.getKey() + "=" + one.getValue())
                    .collect(Collectors.joining("; ")));
        }
        try {
            var answer = CLIENT.send(request.build(), BodyHandlers.ofString());
            answer.headers().allValues("Set-Cookie").forEach(this::keep);
            return new Seen(answer.statusCode(), answer.body(), answer);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void keep(String header) {
        var pair = header.split(";", 2)[0].split("=", 2);
        if (header.contains("Max-Age=0")) {
            cookies.remove(pair[0]);
        } else {
            cookies.put(pair[0], pair[1]);
        }
    }

    static String encoded(Map<String, String> fields) {
        return fields.entrySet().stream().map(one -> encoded(one.getKey()) + "="
                + encoded(one.getValue())).collect(Collectors.joining("&"));
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static Map<String, String> fields(String query) {
        var out = new TreeMap<String, String>();
        for (var pair : query.split("&")) {
            var parts = pair.split("=", 2);
            out.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return out;
    }
}
