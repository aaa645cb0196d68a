package orrery.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import orrery.cli.Patience;
import orrery.cli.Refused;
import orrery.cli.SignIn;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `orrery demo`: the journey, from the first account to the last clean-up, over plain HTTP.
@Command(
        name = "demo",
        description = "Performs the journey on a running server and cleans up after itself.",
        sortOptions = false,
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private SignIn signIn;

    @Option(names = "--compose", paramLabel = "FILE",
            description = "The Compose file to deploy (default: one of our own, four services).")
    private @Nullable Path compose;

    @Option(names = "--setup-code", paramLabel = "CODE",
            description = "For the first account, where the server is not on this machine.")
    private @Nullable String setupCode;

    @Option(names = "--account", paramLabel = "FILE",
            description = "Keeps an account with a random password there, for the next time.")
    private @Nullable Path accountFile;

    @Option(names = "--region", description = "Where the cluster is made (${DEFAULT-VALUE}).",
            defaultValue = "sim1")
    private String region;

    @Option(names = "--wait", paramLabel = "SECONDS",
            description = "How long the server may be away (${DEFAULT-VALUE}).",
            defaultValue = "30")
    private int wait;

    @Override
    public Integer call() throws IOException {
        var random = new SecureRandom();
        var patience = new Patience(Clock.systemUTC());
        var api = signIn.server(Duration.ofSeconds(wait));
        var out = spec.commandLine().getOut();
        var account = new Account(api, new Passwords(random), setupCode, accountFile, out);
        var file = compose == null
                ? ComposeFile.ours()
                : new ComposeFile(compose.getFileName().toString(), read(compose));
        var visit = new Visit("demo-" + Integer.toString(random.nextInt(0x1000000), 36), region);
        var good = new Journey(visit, account, patience, file, new Table(out))
                .run(signIn.email(), signIn.password());
        return good ? 0 : 1;
    }

    private static String read(Path file) throws IOException {
        if (Files.size(file) > ComposeFile.LIMIT) {
            throw new Refused(file + " is larger than 1 MiB");
        }
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
