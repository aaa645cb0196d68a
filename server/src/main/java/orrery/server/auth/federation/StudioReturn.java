package orrery.server.auth.federation;

import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import orrery.kit.db.Tx;
import orrery.kit.http.Answer;
import orrery.server.auth.session.Entry;
import orrery.server.auth.token.RandomSecrets;
import orrery.server.iam.user.User;

/// Sends people back to the studio's pages.
@Singleton
public final class StudioReturn {
    /// Where they show a second factor first.
    public static final String SECOND = "/oauth2/studio/second";

    private final StudioPages pages;
    private final PageCodes codes;
    private final FlowCookie flows;
    private final RandomSecrets secrets;

    StudioReturn(
            StudioPages pages, PageCodes codes, FlowCookie flows, RandomSecrets secrets) {
        this.pages = pages;
        this.codes = codes;
        this.flows = flows;
        this.secrets = secrets;
    }

    /// With a code that the page exchanges for a token.
    public Answer<Void> entered(Tx tx, User user, Entry entry) {
        var browser = pages.isHere() ? secrets.next() : null;
        var code = codes.issue(tx, user, entry, browser);
        return to(pages.at("/auth/callback", Map.of("code", code)))
                .cookie(browser == null ? flows.clear() : flows.plain(browser));
    }

    /// With what went wrong.
    public Answer<Void> failed(String error) {
        return to(pages.at("/login", Map.of("error", error))).cookie(flows.clear());
    }

    /// To the page that asks for a second factor.
    Answer<Void> second(Outcome.Halfway<?> halfway) {
        return to(URI.create(SECOND)).cookie(flows.set(halfway));
    }

    /// Where they begin again.
    public String start() {
        return pages.base() + "/login";
    }

    static Answer<Void> to(URI target) {
        return Answer.redirect(target).status(307).header("Cache-Control", "no-store")
                .header("Referrer-Policy", "no-referrer");
    }
}
