package orrery.server.auth.openid;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import orrery.kit.http.Answer;
import orrery.server.auth.factor.Factors;
import orrery.server.auth.factor.Passkeys;

/// The pages on which people set a new password and prove their address. They need no script.
final class AccountScreens {
    static final String FORGOT = "/oauth2/forgot";
    static final String RESET = "/oauth2/reset";
    static final String EMAIL = "/oauth2/email";

    private AccountScreens() {}

    /// The part of a sign-in page that asks for a passkey. Hidden where no script runs, or the
    /// browser knows no passkeys; the page works without.
    ///
    /// @param action where the form goes
    /// @param here path of the same page; `null` when it cannot be looked at at another address
    static String passkey(
            String action, String interaction, Passkeys.Asked asked, @Nullable String here) {
        var origin = Screens.escaped(asked.origin());
        return """
                <form id="passkey" method="post" action="%s" data-options="%s" \
                data-origin="%s" hidden>
                %s
                %s
                <input type="hidden" name="credential" value="">
                <div class="buttons"><button class="plain" type="submit">Sign in with a passkey\
                </button></div>
                <p class="wrong" role="alert" hidden>That did not work. Try again, or another
                way.</p>
                </form>
                <p id="passkey-elsewhere" class="dim" hidden>Passkeys work at %s only.</p>
                <script>%s</script>""".formatted(action,
                Screens.escaped(asked.options().toString()), origin,
                Screens.hidden("interaction", interaction),
                Screens.hidden("challenge", asked.challenge()), here == null ? origin
                        : "<a href=\"" + origin + Screens.escaped(here) + "\">" + origin + "</a>",
                Screens.PASSKEY);
    }

    /// Asks for a second factor.
    ///
    /// @param passkey the other way, as [#passkey] shows it
    /// @param action where the form goes
    static Answer<String> secondStep(
            String action, String interaction, @Nullable String wrong, String passkey) {
        return Screens.page("One more step", """
                %s
                <form method="post" action="%s">
                %s
                <label for="code">Code of your authenticator application</label>
                <input id="code" name="code" autocomplete="one-time-code" autocapitalize="none" \
                spellcheck="false" required maxlength="40" autofocus>
                <div class="buttons"><button type="submit">Go on</button></div>
                </form>
                <p class="dim">Without it at hand, type one of your recovery codes.</p>
                %s""".formatted(wrong(wrong), action,
                Screens.hidden("interaction", interaction), passkey));
    }

    /// Has somebody set up an authenticator application.
    ///
    /// @param action where the form goes
    static Answer<String> enrol(
            String action, String interaction, @Nullable String wrong, Factors.Begun begun) {
        return Screens.page("Set up a second factor", """
                %s
                <p>Your organization wants you to sign in with more than one thing. Add this key to
                an authenticator application, or
                <a href="%s">open one on this device</a>:</p>
                <p><code>%s</code></p>
                <form method="post" action="%s">
                %s
                <label for="code">Code that it shows now</label>
                <input id="code" name="code" autocomplete="one-time-code" inputmode="numeric" \
                spellcheck="false" required maxlength="40" autofocus>
                <div class="buttons"><button type="submit">Go on</button></div>
                </form>""".formatted(wrong(wrong), Screens.escaped(begun.uri()),
                begun.secret().replaceAll("(.{4})(?=.)", "$1 "), action,
                Screens.hidden("interaction", interaction)));
    }

    /// Shows recovery codes, once.
    ///
    /// @param next where the person goes on
    static Answer<String> enrolled(List<String> recoveryCodes, String next) {
        return Screens.page("Keep these codes", """
                <p>From now on you are asked for a code of your application. Each of these signs you
                in once without it. Write them down: they are not shown again.</p>
                <ul>%s</ul>
                <p><a id="next" href="%s">I have them: go on</a></p>""".formatted(
                recoveryCodes.stream().map(code -> "<li><code>" + code + "</code></li>")
                        .collect(Collectors.joining()), Screens.escaped(next)));
    }

    /// Asks whose password is forgotten.
    static Answer<String> forgot(@Nullable String wrong) {
        return Screens.page("New password", """
                %s
                <p>We send a link to your address. It counts for 30 minutes.</p>
                <form method="post" action="%s">
                <label for="email">E-mail address of your account</label>
                <input id="email" name="email" type="email" autocomplete="username" required \
                maxlength="254" autofocus>
                <div class="buttons"><button type="submit">Send the link</button></div>
                </form>""".formatted(wrong(wrong), FORGOT));
    }

    /// Asks for a new password.
    ///
    /// @param token out of the mail
    static Answer<String> reset(String token, @Nullable String wrong) {
        return Screens.page("New password", """
                %s
                <form method="post" action="%s">
                %s
                <label for="password">New password, at least 8 characters</label>
                <input id="password" name="password" type="password" \
                autocomplete="new-password" required minlength="8" maxlength="1024" autofocus>
                <div class="buttons"><button type="submit">Set it</button></div>
                </form>
                <p class="dim">You are signed out everywhere, and sign in anew with it.</p>"""
                .formatted(wrong(wrong), RESET, Screens.hidden("token", token)));
    }

    /// Asks to confirm an address. A letter's links are opened by programs that look for viruses,
    /// too: they press no button.
    static Answer<String> email(String token, String address) {
        return Screens.page("Confirm your address", """
                <p>Make <strong>%s</strong> the e-mail address of your account?</p>
                <form method="post" action="%s">
                %s
                <div class="buttons"><button type="submit">Confirm</button></div>
                </form>""".formatted(
                Screens.escaped(address), EMAIL, Screens.hidden("token", token)));
    }

    static Answer<String> tooOld() {
        return Screens.message(400, "This link is too old",
                "It was used already, or another one was sent after it. Ask for a new one.");
    }

    static String wrong(@Nullable String text) {
        return text == null ? ""
                : "<p class=\"wrong\" role=\"alert\">" + Screens.escaped(text) + "</p>";
    }
}
