package orrery.kit.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import orrery.kit.net.Destination;

/// The connection to one cluster: limits, timeouts, answers as trees. Everything else asks it.
final class KubeClient {
    static final ObjectMapper JSON = new ObjectMapper();

    /// A connection younger than this is not the reason why nobody answers.
    private static final long FRESH_NANOS = 30_000_000_000L;

    private final String name;
    private final String base;
    private final KubernetesClient client;
    private final KubeLimits limits;
    private final Semaphore calls;
    private final Semaphore streams;
    /// Users read logs for as long as they like, and must not keep watches from their turn.
    private final Semaphore follows;
    private final Discovery discovery = new Discovery(this);
    private final Silence silence;
    private final Consumer<String> onAway;
    private final long since = System.nanoTime();

    /// @param silence of this target, whatever address its name meant before
    /// @param onAway told the target's key when nobody answers: its name may mean another address
    ///     by now, so the next request begins with a new connection
    KubeClient(KubeTarget target, Destination to, KubeLimits limits, Executor executor,
            Silence silence, Consumer<String> onAway) {
        this.name = target.key();
        this.silence = silence;
        this.onAway = onAway;
        this.limits = limits;
        this.calls = new Semaphore(limits.calls(), true);
        this.streams = new Semaphore(limits.streams(), true);
        this.follows = new Semaphore(limits.streams(), true);
        var path = to.pinned().toString();
        this.base = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        this.client = new KubernetesClientBuilder()
                .withConfig(config(target.config(), base, limits))
                .withHttpClientFactory(new PinnedFactory(target.config(), to, limits, executor))
                .build();
    }

    private static Config config(Kubeconfig from, String base, KubeLimits limits) {
        var config = new ConfigBuilder(Config.empty())
                .withMasterUrl(base)
                .withAutoConfigure(false)
                .withTrustCerts(false)
                .withDisableHostnameVerification(false)
                .withHttp2Disable(true)
                .withConnectionTimeout((int) limits.connect().toMillis())
                .withRequestTimeout((int) limits.answer().toMillis())
                .withRequestRetryBackoffLimit(0)
                .withWebsocketPingInterval(limits.ping().toMillis())
                .withUserAgent("orrery");
        if (from.ca() != null) {
            config.withCaCertData(base64(from.ca()));
        }
        switch (from.credential()) {
            case Kubeconfig.Token token -> config.withOauthToken(token.token());
            case Kubeconfig.ClientCertificate pair -> config
                    .withClientCertData(base64(pair.certificate()))
                    .withClientKeyData(base64(pair.key()))
                    .withClientKeyAlgo(pair.key().contains("BEGIN EC ") ? "EC" : "RSA");
        }
        return config.build();
    }

    private static String base64(String pem) {
        return Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /// Dials the judged address while TLS asks for the name. HTTP/1.1 only: the JDK's HTTP/2 client
    /// keeps a dead connection for minutes, and every request on it would wait for its timeout.
    private static final class PinnedFactory extends JdkHttpClientFactory {
        private final Kubeconfig config;
        private final Destination to;
        private final KubeLimits limits;
        private final Executor executor;

        PinnedFactory(Kubeconfig config, Destination to, KubeLimits limits, Executor executor) {
            this.config = config;
            this.to = to;
            this.limits = limits;
            this.executor = executor;
        }

        @Override
        protected void additionalConfig(HttpClient.Builder builder) {
            builder.sslParameters(to.tls(config.verifiedName()))
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(limits.connect())
                    .proxy(HttpClient.Builder.NO_PROXY)
                    .executor(executor);
        }
    }

    String name() {
        return name;
    }

    Discovery discovery() {
        return discovery;
    }

    KubeLimits limits() {
        return limits;
    }

    /// For what needs a web socket.
    KubernetesClient sockets() {
        return client;
    }

    /// Sends and reads the whole answer, as a tree.
    ///
    /// @throws KubeFailure when nobody answers, or with anything but a success
    JsonNode send(KubeCall call) {
        try (var body = open(call, calls, limits.answer())) {
            var bytes = body.readNBytes(limits.answerBytes() + 1);
            if (bytes.length > limits.answerBytes()) {
                throw new KubeFailure(413, "TooLarge", name + " answered " + call.path()
                        + " with more than " + limits.answerBytes() + " bytes");
            }
            return bytes.length == 0 ? MissingNode.getInstance() : JSON.readTree(bytes);
        } catch (IOException broken) {
            throw KubeFailure.away(name, String.valueOf(broken.getMessage()));
        }
    }

    /// Sends and leaves the answer open, for watches and logs.
    ///
    /// @param longest how long nothing may arrive before it counts as broken
    InputStream stream(KubeCall call, Duration longest) {
        return open(call, streams, longest);
    }

    /// As [#stream], for what users follow.
    InputStream follow(KubeCall call, Duration longest) {
        return open(call, follows, longest);
    }

    private InputStream open(KubeCall call, Semaphore bulkhead, Duration longest) {
        enter(bulkhead);
        boolean entered = true;
        long begun = 0;
        try {
            begun = silence.begin(name);
            var body = new PulledBody(longest, bulkhead::release);
            var response = client.getHttpClient()
                    .consumeBytes(request(call), (bytes, _) -> body.arrived(bytes))
                    .get(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
            silence.answered();
            body.start(response.body());
            entered = false;
            if (response.code() / 100 == 2) {
                return body;
            }
            throw refusal(call, response.code(), body);
        } catch (ExecutionException | TimeoutException away) {
            silence.failed(begun, cause(away));
            if (System.nanoTime() - since > FRESH_NANOS) {
                onAway.accept(name);
            }
            throw KubeFailure.away(name, cause(away));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw KubeFailure.away(name, "we were asked to stop");
        } finally {
            if (entered) {
                bulkhead.release();
            }
        }
    }

    /// The bulkhead: a slow cluster takes its own callers' time and nobody else's.
    void enter(Semaphore bulkhead) {
        try {
            if (bulkhead.tryAcquire(limits.queue().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        throw KubeFailure.away(name, "too many requests are waiting for it");
    }

    Semaphore streams() {
        return streams;
    }

    private HttpRequest request(KubeCall call) {
        var builder = client.getHttpClient().newHttpRequestBuilder()
                .uri(base + call.target())
                .header("Accept", "application/json")
                .timeout(limits.answer().toMillis(), TimeUnit.MILLISECONDS);
        if (call.contentType() == null) {
            return builder.method(call.method(), null, null).build();
        }
        var bytes = call.bytes();
        return builder.method(call.method(), call.contentType(),
                new ByteArrayInputStream(bytes), bytes.length).build();
    }

    private KubeFailure refusal(KubeCall call, int status, InputStream body) {
        var what = call.method() + " " + call.path() + " on " + name;
        try (body) {
            return KubeFailure.answered(status, body.readNBytes(64 * 1024), what);
        } catch (IOException cutOff) {
            return new KubeFailure(status, "", what + " answered " + status);
        }
    }

    private static String cause(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return "no answer in time";
        }
        var deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest.getClass().getSimpleName() + ": " + deepest.getMessage();
    }

    /// Closes as soon as the last request and stream have ended; they go on until then.
    void drain() {
        Thread.ofVirtual().name("drain " + name).start(() -> {
            calls.acquireUninterruptibly(limits.calls());
            streams.acquireUninterruptibly(limits.streams());
            follows.acquireUninterruptibly(limits.streams());
            client.close();
        });
    }

    void close() {
        client.close();
    }
}
