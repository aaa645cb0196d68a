package orrery.server.auth.openid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import orrery.kit.http.Json;
import orrery.server.auth.client.Client;

/// Passkeys in a real browser: added, and signed in with alone, after a password, and on the way to
/// a device. The server is known by an address without a name, as a fresh one is.
@QuarkusTest
@TestProfile(OpenIdServer.class)
class RealPasskeyTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final int SECONDS = 400;

    @TestHTTPResource
    URI url;

    @Test
    void aBrowserSignsInWithThem() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "no browser: sudo apt-get install chromium");
        var here = Provider.on(url);
        var email = "real@passkeys.example.com";
        here.register(email);
        var device = here.app(Map.of("grantTypes", List.of(Client.CODE, Client.DEVICE)));
        var begun = new HashMap<>(device.proof());
        begun.put("scope", "openid");
        var code = here.form("/oauth2/device_authorization", begun).text("/user_code");
        var said = new File("target/passkeys.log");
        var process = new ProcessBuilder("node", "browser/passkeys.mjs",
                here.server().toString(), CHROMIUM.toString(), Json.text(Map.of("name", email,
                        "password", Provider.PASSWORD, "device", code,
                        "authorize", Provider.authorize(here.anyApp(),
                                Map.of("prompt", "consent")))))
                .directory(new File("../console")).redirectErrorStream(true)
                .redirectOutput(said).start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ends within %d s", SECONDS).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said.toPath())).isZero();
    }
}
