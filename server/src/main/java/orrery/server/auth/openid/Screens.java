package orrery.server.auth.openid;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.http.Answer;
import orrery.server.auth.client.Client;
import orrery.server.auth.client.Scopes;
import orrery.server.auth.handover.Handovers;
import orrery.server.auth.token.RandomSecrets;

/// The pages that people see on their way through a sign-in. They need no script, and look like the
/// start page.
///
/// The policy says nothing of `form-action`: browsers hold it against the redirect that answers a
/// form too, and that one leads to the client.
final class Screens {
    private static final String STYLE = """
            :root { color-scheme: light dark; --line: #ced4da; --dim: #495057; --back: #f8f9fa; \
            --paper: #fff; --ink: #212529; --blue: #1864ab; --red: #c92a2a; }
            @media (prefers-color-scheme: dark) { :root { --line: #495057; --dim: #ced4da; \
            --back: #1a1b1e; --paper: #25262b; --ink: #e9ecef; --red: #ff8787; } }
            * { box-sizing: border-box; }
            body { margin: 0; padding: 2rem 1rem; background: var(--back); color: var(--ink); \
            font: 16px/1.5 system-ui, sans-serif; }
            main { max-width: 26rem; margin: 0 auto; padding: 1.5rem; background: var(--paper); \
            border: 1px solid var(--line); border-radius: 4px; overflow-wrap: anywhere; }
            h1 { display: flex; align-items: center; gap: .6rem; margin: 0 0 1rem; \
            font-size: 1.25rem; }
            img { width: 2rem; height: 2rem; }
            label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
            input { width: 100%; padding: .5rem .75rem; border: 1px solid var(--line); \
            border-radius: 4px; background: var(--paper); color: var(--ink); font: inherit; }
            button { padding: .5rem 1.1rem; border: 1px solid var(--blue); border-radius: 4px; \
            background: var(--blue); color: #fff; font: inherit; font-weight: 600; \
            cursor: pointer; }
            button.plain { background: transparent; color: var(--ink); \
            border-color: var(--line); }
            :focus-visible { outline: 3px solid #4dabf7; outline-offset: 2px; }
            .buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
            a { color: inherit; } \
            .dim { color: var(--dim); }
            .wrong { color: var(--red); font-weight: 600; }
            """;
    private static final String SUBMIT = "document.forms[0].submit()";
    static final String PASSKEY = """
            const form = document.getElementById('passkey');
            if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
              const isHere = location.origin === form.dataset.origin;
              form.hidden = !isHere;
              document.getElementById('passkey-elsewhere').hidden = isHere;
              form.addEventListener('submit', async event => {
                event.preventDefault();
                try {
                  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
                    JSON.parse(form.dataset.options).publicKey);
                  const credential = await navigator.credentials.get({ publicKey });
                  form.elements.credential.value = JSON.stringify(credential.toJSON());
                  form.submit();
                } catch {
                  form.querySelector('.wrong').hidden = false;
                }
              });
            }
            """;
    private static final String POLICY = "default-src 'none'; img-src 'self'; style-src '"
            + digest(STYLE) + "'; script-src '" + digest(SUBMIT)
            + "' '" + digest(PASSKEY)
            + "'; base-uri 'none'; frame-ancestors 'none'";

    private static final Map<String, String> SAID = Map.of(
            Scopes.OPENID, "know who you are here",
            Scopes.PROFILE, "see your name, your username and what else your profile says",
            Scopes.EMAIL, "see your e-mail address",
            Scopes.ADDRESS, "see your postal address",
            Scopes.PHONE, "see your telephone number",
            Scopes.OFFLINE, "go on while you are not there, for up to 90 days",
            Scopes.API, "act for you in Orrery, with what you may do");

    private Screens() {}

    /// Asks for name and password.
    ///
    /// @param action where the form goes
    /// @param wrong what was wrong with the last attempt
    /// @param others the other ways in, as [#others] shows them
    static Answer<String> signIn(
            String action, String interaction, @Nullable String client, @Nullable String name,
            @Nullable String wrong, String others) {
        return page("Sign in", """
                %s%s
                <form method="post" action="%s">
                %s
                <label for="name">E-mail or username</label>
                <input id="name" name="name" autocomplete="username" autocapitalize="none" \
                spellcheck="false" required maxlength="254" value="%s"%s>
                <label for="password">Password</label>
                <input id="password" name="password" type="password" \
                autocomplete="current-password" required maxlength="1024"%s>
                <div class="buttons"><button id="sign-in" type="submit">Sign in</button></div>
                </form>
                <p><a href="/oauth2/forgot">Forgot your password?</a></p>
                %s""".formatted(
                client == null ? "" : "<p>to go on to <strong>" + escaped(client)
                        + "</strong></p>",
                wrong == null ? "" : "<p class=\"wrong\" role=\"alert\">" + escaped(wrong)
                        + "</p>",
                action, hidden("interaction", interaction), escaped(name == null ? "" : name),
                name == null ? " autofocus" : "", name == null ? "" : " autofocus", others));
    }

    /// Other ways to sign in: the providers that everybody is shown, and the one of one's
    /// organization, which the address tells.
    ///
    /// @param shown what each is called, by its identifier
    static String others(String interaction, Map<String, String> shown, boolean isRouted) {
        var buttons = shown.entrySet().stream().map(one -> "<button class=\"plain\""
                + " name=\"provider\" value=\"" + escaped(one.getKey()) + "\">"
                + escaped(one.getValue()) + "</button>").collect(Collectors.joining("\n"));
        var form = "<form method=\"post\" action=\"" + WaysIn.PATH + "\">\n"
                + hidden("interaction", interaction);
        return (shown.isEmpty() ? "" : form + "<div class=\"buttons\">" + buttons
                + "</div>\n</form>")
                + (!isRouted ? "" : form + """
                        <label for="email">Or with your organization: e-mail address</label>
                        <input id="email" name="email" type="email" autocomplete="email" \
                        required maxlength="254">
                        <div class="buttons"><button class="plain">Go on</button></div>
                        </form>""");
    }

    /// Asks whether a client may have what it wants.
    ///
    /// @param more said beside it; empty for nothing
    static Answer<String> consent(
            String action, String interaction, Client client, List<String> scopes, String person,
            String more) {
        var wishes = Scopes.ALL.stream().filter(scopes::contains)
                .map(scope -> "<li>" + SAID.get(scope) + "</li>").collect(Collectors.joining());
        return page("Allow " + client.displayName() + "?", """
                <p><strong>%s</strong>%s wants to</p>
                <ul>%s</ul>
                %s
                <form method="post" action="%s">
                %s
                <p class="dim">You are signed in as %s.</p>
                <div class="buttons">
                <button id="allow" name="answer" value="allow">Allow</button>
                <button id="deny" class="plain" name="answer" value="deny">Do not allow</button>
                <button id="switch" class="plain" name="answer" value="switch">Use another \
                account</button>
                </div>
                </form>""".formatted(
                escaped(client.displayName()),
                client.isOurs() ? "" : ", which somebody in your organization registered,",
                wishes, more.isEmpty() ? "" : "<p>" + escaped(more) + "</p>", action,
                hidden("interaction", interaction), escaped(person)));
    }

    /// Asks for the code that a device shows.
    static Answer<String> deviceCode(@Nullable String typed, @Nullable String wrong) {
        return page("Connect a device", """
                %s
                <form method="get" action="/oauth2/device">
                <label for="code">Code that the device shows</label>
                <input id="code" name="user_code" autocomplete="off" autocapitalize="characters" \
                spellcheck="false" required maxlength="20" autofocus value="%s">
                <div class="buttons"><button type="submit">Go on</button></div>
                </form>""".formatted(
                wrong == null ? "" : "<p class=\"wrong\" role=\"alert\">" + escaped(wrong)
                        + "</p>",
                escaped(typed == null ? "" : typed)));
    }

    /// Asks whether a command line may have a token.
    ///
    /// @param isHere whether it asks from where the browser is
    static Answer<String> handover(
            String action, String interaction, Handovers.Question question, String person,
            boolean isHere) {
        var wishes = question.scopes().stream()
                .map(scope -> "<li><code>" + escaped(scope) + "</code></li>")
                .collect(Collectors.joining());
        return page("Give a command line a token?", """
                <p>A command line at the address <strong>%s</strong> asks for a token of yours. It
                began to ask at %s.</p>
                %s
                <p>The token lets it do this, as far as you may:</p>
                <ul>%s</ul>
                <p>It counts until <strong>%s</strong>, unless you revoke it before.</p>
                <p>Allow it only if you have just begun this yourself.</p>
                <form method="post" action="%s">
                %s
                <p class="dim">You are signed in as %s.</p>
                <div class="buttons">
                <button name="answer" value="allow">Allow</button>
                <button class="plain" name="answer" value="deny">Do not allow</button>
                </div>
                </form>""".formatted(
                escaped(question.address()), when(question.since()),
                isHere ? "" : "<p class=\"wrong\" role=\"alert\">Your browser is not at that"
                        + " address.</p>",
                wishes, when(question.ends()), action, hidden("interaction", interaction),
                escaped(person)));
    }

    private static String when(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ')
                .replace("Z", " UTC");
    }

    /// Asks whether the person means to sign out.
    static Answer<String> signOut(String interaction, String person) {
        return page("Sign out?", """
                <form method="post" action="/oauth2/logout/answer">
                %s
                <p>You are signed in as %s. Signing out also ends what the applications that you
                came from were given.</p>
                <div class="buttons">
                <button name="answer" value="yes">Sign out</button>
                <button class="plain" name="answer" value="no">Stay signed in</button>
                </div>
                </form>""".formatted(hidden("interaction", interaction), escaped(person)));
    }

    /// Tells something, and where one may go from here is up to the person.
    static Answer<String> message(int status, String title, String text) {
        return page(title, "<p>" + escaped(text) + "</p>").status(status);
    }

    /// Has the browser post an answer to a client (OAuth 2.0 Form Post Response Mode).
    static Answer<String> post(String address, Map<String, String> fields) {
        return page("Going on…", """
                <form method="post" action="%s">
                %s
                <div class="buttons"><button type="submit">Go on</button></div>
                </form>
                <script>%s</script>""".formatted(escaped(address),
                fields.entrySet().stream().map(one -> hidden(one.getKey(), one.getValue()))
                        .collect(Collectors.joining("\n")), SUBMIT));
    }

    static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\"" + name + "\" value=\"" + escaped(value) + "\">";
    }

    static Answer<String> page(String title, String body) {
        var html = """
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s · Orrery</title>
                <link rel="icon" type="image/svg+xml" href="/orrery.svg">
                <style>%s</style>
                </head>
                <body>
                <main>
                <h1><img src="/orrery.svg" alt="">%s</h1>
                %s
                </main>
                </body>
                </html>
                """.formatted(escaped(title), STYLE, escaped(title), body);
        // The referrer policy keeps the Origin header of our own forms.
        return Answer.document("text/html; charset=utf-8", html)
                .header("Content-Security-Policy", POLICY)
                .header("X-Frame-Options", "DENY")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "same-origin")
                .header("Cache-Control", "no-store");
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
                .replace("\"", "&quot;").replace("'", "&#39;");
    }

    private static String digest(String text) {
        return "sha256-" + java.util.Base64.getEncoder()
                .encodeToString(RandomSecrets.hash(text));
    }
}
