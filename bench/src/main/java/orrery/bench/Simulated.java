package orrery.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import orrery.kit.db.Json;
import orrery.kit.kube.Kubeconfig;

/// A simulated region, started as a user would: by `./orrery sim`. Its management cluster is the
/// one that is asked.
record Simulated(Process process, Kubeconfig config, SSLContext trust, HttpClient http)
        implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("sim1 ready (\\S+) kubeconfig (\\S+)");

    static Simulated start(Path data) throws Exception {
        var process = new ProcessBuilder("./orrery", "sim", "--data", data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        var output = new BufferedReader(process.inputReader());
        for (var line = output.readLine(); line != null; line = output.readLine()) {
            var match = READY.matcher(line);
            if (match.find()) {
                var config = Kubeconfig.read(
                        Files.readString(Path.of(match.group(2))), null);
                var trust = trusting(config.ca());
                return new Simulated(process, config, trust, client(trust, false));
            }
        }
        throw new IOException("./orrery sim ended before it was ready");
    }

    /// A connection of its own, with up to 100 streams, or as many connections as are needed.
    HttpClient another(boolean http1) {
        return client(trust, http1);
    }

    private static HttpClient client(SSLContext trust, boolean http1) {
        return HttpClient.newBuilder().sslContext(trust)
                .version(http1 ? HttpClient.Version.HTTP_1_1 : HttpClient.Version.HTTP_2).build();
    }

    private static SSLContext trusting(String authority) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(
                        authority.getBytes(StandardCharsets.US_ASCII))));
        var managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    long pid() {
        return process.pid();
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(config.server() + path)).header("Authorization",
                "Bearer " + ((Kubeconfig.Token) config.credential()).token());
    }

    JsonNode get(String path) throws Exception {
        return send(request(path).GET());
    }

    JsonNode post(String path, Map<String, ?> body) throws Exception {
        return send(request(path).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body))));
    }

    JsonNode merge(String path, Map<String, ?> body) throws Exception {
        return send(request(path).header("Content-Type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(Json.write(body))));
    }

    private JsonNode send(HttpRequest.Builder request) throws Exception {
        var whole = request.build();
        var answer = http.send(whole, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IOException(whole.uri() + ": " + answer.statusCode() + " " + answer.body());
        }
        return Json.tree(answer.body());
    }

    /// Live objects and occupied memory, in MiB, after a collection.
    Footprint footprint() throws Exception {
        double live = Heap.live(pid());
        var threads = Files.readAllLines(Path.of("/proc", "" + pid(), "status")).stream()
                .filter(line -> line.startsWith("Threads:")).findFirst().orElseThrow();
        return new Footprint(live, Memory.tree(pid()).resident(),
                Integer.parseInt(threads.replaceAll("\\D", "")),
                (int) process.descendants().count());
    }

    /// @param live in MiB, of the heap after a collection
    /// @param resident in MiB (Rss)
    record Footprint(double live, double resident, int threads, int processes) {
        void print(String when) {
            System.out.printf("%-22s live %7.1f MiB, resident %7.1f MiB, %d threads,"
                    + " %d child processes%n", when, live, resident, threads, processes);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new IOException("./orrery sim does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
