package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A browser that does as it is told, in the words of the OpenID Foundation's conformance suite: on
/// a page whose address matches, wait for a text, fill in by id, click by id. It follows redirects
/// as far as the server under test; at any other address it only says where it came to.
final class ScriptedBrowser {
    private static final Pattern INPUT = Pattern.compile("<input\\b[^>]*>");
    private static final int MOST_REDIRECTS = 10;

    private final URI server;
    private final Browser browser;
    private Browser.@Nullable Seen page;
    private String address = "";
    private Map<String, String> typed = new HashMap<>();
    private int pictures;

    ScriptedBrowser(URI server) {
        this.server = server;
        this.browser = new Browser(server);
    }

    /// Where it has come to.
    String address() {
        return address;
    }

    /// How many pages were kept for somebody to look at.
    int pictures() {
        return pictures;
    }

    void visit(String url) {
        address = url;
        follow(browser.get(url));
    }

    /// The same parameters, posted by a page of another site: without our cookies.
    void post(String url) {
        var parts = url.split("\\?", 2);
        address = parts[0];
        follow(browser.post(parts[0], Browser.fields(parts[1])));
    }

    private void follow(Browser.Seen seen) {
        var at = seen;
        for (int i = 0; !at.location().isEmpty(); i++) {
            assertThat(i).as("redirects").isLessThan(MOST_REDIRECTS);
            address = server.resolve(at.location()).toString();
            if (!address.startsWith(server + "/")) {
                page = null;
                return;
            }
            at = browser.get(address);
        }
        page = at;
        typed = new HashMap<>();
    }

    /// Performs tasks as the suite does: an optional one is passed over on another page.
    void perform(JsonNode tasks) {
        for (var task : tasks) {
            var pattern = task.path("match").asText("*");
            if (matches(pattern, address)) {
                task.path("commands").forEach(this::command);
            } else {
                assertThat(task.path("optional").asBoolean())
                        .as("%s, but at %s", task.path("task"), address).isTrue();
            }
        }
    }

    static boolean matches(String pattern, String text) {
        return text.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
    }

    private void command(JsonNode command) {
        switch (command.get(0).asText()) {
            case "text" -> element(command).ifPresent(
                    tag -> typed.put(attribute(tag.group(), "name"), command.get(3).asText()));
            case "click" -> element(command).ifPresent(this::click);
            case "wait" -> await(command);
            default -> throw new AssertionError("no such command: " + command);
        }
    }

    private void await(JsonNode command) {
        if (page == null) {
            // Somebody else's page: the suite's own.
            return;
        }
        assertThat(page.body().replaceAll("<[^>]*>", "")).contains(command.get(4).asText());
        pictures += command.path(5).asText().startsWith("update-image-placeholder") ? 1 : 0;
    }

    private Optional<Matcher> element(JsonNode command) {
        assertThat(command.get(1).asText()).isEqualTo("id");
        var tag = Pattern.compile("<(input|button)\\b[^>]*\\bid=\""
                + Pattern.quote(command.get(2).asText()) + "\"[^>]*>")
                .matcher(page == null ? "" : page.body());
        if (tag.find()) {
            return Optional.of(tag);
        }
        var last = command.get(command.size() - 1).asText();
        assertThat(last).as("%s at %s", command, address).isEqualTo("optional");
        return Optional.empty();
    }

    private void click(Matcher button) {
        var html = page == null ? "" : page.body();
        var start = html.lastIndexOf("<form", button.start());
        var form = html.substring(start, html.indexOf("</form>", button.start()));
        var fields = new LinkedHashMap<String, String>();
        var inputs = INPUT.matcher(form);
        while (inputs.find()) {
            var name = attribute(inputs.group(), "name");
            fields.put(name, typed.getOrDefault(name, attribute(inputs.group(), "value")));
        }
        var name = attribute(button.group(), "name");
        if (!name.isEmpty()) {
            fields.put(name, attribute(button.group(), "value"));
        }
        address = server.resolve(attribute(form, "action")).toString();
        follow(browser.post(address, fields));
    }

    private static String attribute(String tag, String name) {
        var found = Pattern.compile("\\b" + name + "=\"([^\"]*)\"").matcher(tag);
        return !found.find() ? "" : found.group(1).replace("&quot;", "\"").replace("&#39;", "'")
                .replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    }
}
