package orrery.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The start page in a real browser, served by a real server.
@QuarkusTest
@TestProfile(StartPageTest.Server.class)
class StartPageTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final int SECONDS = 120;

    @TestHTTPResource
    URI server;

    public static class Server extends FreshServer {}

    @Test
    void leadsANewcomerFromTheSetupCodeToTheDocuments() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "no browser: sudo apt-get install chromium");
        var address = server.toString().replaceAll("/$", "");
        var said = new File("target/start-page.log");
        var process = new ProcessBuilder(
                "node", "browser/start-page.mjs", address, CHROMIUM.toString())
                .directory(new File("../console"))
                .redirectErrorStream(true)
                .redirectOutput(said)
                .start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();

        assertThat(ended).as("ends within %d s", SECONDS).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said.toPath())).isZero();
    }
}
