package orrery.server.iam.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import orrery.kit.Problem;
import orrery.kit.net.Fetcher;

class UpstreamTest {
    private static final Reaching NAMED =
            new Reaching("https://orrery.example", Set.of("127.0.0.1"), null);
    private static final Reaching NONE =
            new Reaching("https://orrery.example", Set.of(), null);

    private final CountDownLatch over = new CountDownLatch(1);
    private final Semaphore waiting = new Semaphore(0);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/hangs", exchange -> {
            waiting.release();
            try (exchange) {
                over.await(60, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    private URI hanging() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hangs");
    }

    @Test
    void waitsForNobodyForLong() {
        var upstream = new Upstream(NAMED, new Fetcher.Limits(100, Duration.ofMillis(200)));
        refuses(Problem.Unavailable.class, () -> upstream.get("there", hanging(), null));
        refuses(Problem.Unavailable.class,
                () -> upstream.post("there", hanging(), Map.of(), Map.of("code", "c")));
    }

    @Test
    void aProviderThatHangsKeepsFewOfUsWaiting() throws InterruptedException {
        var upstream = new Upstream(NAMED, new Fetcher.Limits(100, Duration.ofMinutes(1)));
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 8; i++) {
                callers.submit(() -> upstream.get("there", hanging(), null));
            }
            assertThat(waiting.tryAcquire(8, 60, TimeUnit.SECONDS)).isTrue();
            refuses(Problem.Unavailable.class, () -> upstream.get("there", hanging(), null));
            assertThat(waiting.availablePermits()).as("it was not asked").isZero();
            over.countDown();
        }
    }

    @Test
    void asksPublicAddressesByTlsOnly() {
        var upstream = new Upstream(NONE);
        refuses(Problem.Unprocessable.class, () -> upstream.get("there", hanging(), null));
        for (var address : new String[] {"https://127.0.0.1/", "https://10.1.2.3/",
            "https://169.254.169.254/latest", "https://[::1]/", "http://1.1.1.1/"}) {
            refuses(Problem.Unprocessable.class,
                    () -> upstream.get("there", URI.create(address), null));
        }
    }

    private static void refuses(Class<? extends Problem> problem, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(Problem.Failure.class,
                refusal -> assertThat(refusal.problem()).isInstanceOf(problem));
    }
}
