package orrery.server;

import io.quarkus.runtime.ApplicationLifecycleManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import orrery.kit.config.WrongSettings;
import orrery.kit.secret.Sealing;
import orrery.server.auth.setup.SetupCode;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;

/// The server's start: settings, then everything that [Wiring] makes of them, then one line that
/// says where it answers.
@QuarkusMain
public final class Main implements QuarkusApplication {
    private static final String ROTATE = "--rotate-sealing-key";

    private final Listening listening;
    private final Storing storing;
    private final SetupCode setup;

    Main(Listening listening, Storing storing, SetupCode setup) {
        this.listening = listening;
        this.storing = storing;
        this.setup = setup;
    }

    /// @param arguments the options of `api/config.md`
    public static void main(String... arguments) {
        try {
            if (List.of(arguments).contains(ROTATE)) {
                rotate(Stream.of(arguments).filter(argument -> !argument.equals(ROTATE))
                        .toArray(String[]::new));
                return;
            }
            var settings = Settings.read(arguments);
            quarkus(settings.get(Listening.class)).forEach(System::setProperty);
            var log = settings.get(Storing.class).data().resolve("log");
            System.setProperty("quarkus.log.handler.file.REQUESTS.path",
                    log.resolve("requests.jsonl").toString());
            Quarkus.run(Main.class, (code, failure) -> end(code, failure, log), arguments);
        } catch (WrongSettings wrong) {
            wrong.mistakes().forEach(System.err::println);
            System.exit(2);
        }
    }

    /// Adds a sealing key. The servers notice by themselves ([SealAnew]).
    private static void rotate(String... arguments) {
        var file = Settings.read(arguments).get(Storing.class).sealingKey();
        try {
            Sealing.rotate(file);
        } catch (IllegalStateException | UncheckedIOException refused) {
            System.err.println(refused.getMessage());
            System.exit(2);
        }
        System.out.println("Added a key to " + file + ". Give this file to every server of the"
                + " database: within minutes they seal all secrets anew. The older keys stay in"
                + " it for backups from before.");
    }

    private static void end(int code, @Nullable Throwable failure, Path log) {
        // Who ends it while it starts knows why it does not.
        if (failure != null && !ApplicationLifecycleManager.isVmShuttingDown()) {
            System.err.println(new FailedStart(failure).explain(log));
        }
        ApplicationLifecycleManager.getDefaultExitCodeHandler().accept(code, failure);
    }

    /// What Quarkus itself must know before it starts.
    private static Map<String, String> quarkus(Listening listening) {
        var properties = new HashMap<String, String>();
        // orrery.kit.net.Fetcher dials judged addresses and says their names itself; the JDK's
        // client asks for this before its first use, whoever that is.
        properties.put("jdk.httpclient.allowRestrictedHeaders", "host");
        // Ours answers in the format of the family that was meant.
        properties.put("vertx.disableURIValidation", "true");
        properties.put("quarkus.http.host", listening.host());
        if (listening.usesTls()) {
            properties.put("quarkus.http.ssl-port", Integer.toString(listening.port()));
            properties.put("quarkus.http.insecure-requests", "disabled");
            properties.put("quarkus.http.ssl.certificate.files",
                    String.valueOf(listening.tlsCertificateFile()));
            properties.put("quarkus.http.ssl.certificate.key-files",
                    String.valueOf(listening.tlsKeyFile()));
        } else {
            properties.put("quarkus.http.port", Integer.toString(listening.port()));
        }
        return properties;
    }

    @Override
    public int run(String... arguments) throws IOException {
        var port = ConfigProvider.getConfig().getValue(
                listening.usesTls() ? "quarkus.http.ssl-port" : "quarkus.http.port",
                Integer.class);
        var address = listening.address(port);
        try (var _ = ListeningFile.open(storing.data(), listening, port)) {
            System.out.println("Orrery is ready at " + address + setup.current()
                    .map(code -> "; sign up there with the setup code " + code)
                    .orElse(""));
            Quarkus.waitForExit();
        }
        return 0;
    }
}
