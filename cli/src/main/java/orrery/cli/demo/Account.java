package orrery.cli.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import orrery.cli.Answer;
import orrery.cli.Api;
import orrery.cli.Refused;
import org.jspecify.annotations.Nullable;

/// Step 1. The first user registers; where one exists, the journey is given that account or asks
/// for it, and never guesses.
final class Account {
    private static final String FIRST = "operator@orrery.local";

    private final Api api;
    private final Passwords passwords;
    private final @Nullable String setupCode;
    private final @Nullable Path kept;
    private final PrintWriter out;

    /// @param kept file of an account with a random password, made when absent
    Account(Api api, Passwords passwords, @Nullable String setupCode, @Nullable Path kept,
            PrintWriter out) {
        this.api = api;
        this.passwords = passwords;
        this.setupCode = setupCode;
        this.kept = kept;
        this.out = out;
    }

    /// Signs in with what is given, kept or typed, after registering when nobody has yet.
    String signIn(Visit visit, @Nullable String email, @Nullable String password) {
        if (isFresh()) {
            return register(visit, email, password);
        }
        if (email != null && password != null) {
            return login(visit, email, password);
        }
        if (kept != null && Files.exists(kept)) {
            var lines = read(kept);
            return login(visit, lines[0], lines[1]);
        }
        var console = System.console();
        if (console == null || !console.isTerminal()) {
            throw new Refused("This server has an account already. Give it with ORRERY_EMAIL and "
                    + "ORRERY_PASSWORD, or run ./orrery demo on a terminal and be asked.");
        }
        var typed = email != null ? email : console.readLine("e-mail: ");
        var secret = console.readPassword("password of %s: ", typed);
        return login(visit, typed, new String(secret == null ? new char[0] : secret));
    }

    private boolean isFresh() {
        return api.get("/setup").need("/state").equals("waiting");
    }

    private String register(Visit visit, @Nullable String email, @Nullable String password) {
        var name = email == null ? FIRST : email;
        var secret = password == null ? passwords.next() : password;
        if (kept != null) {
            write(kept, name, secret);
        }
        var body = new HashMap<>(Map.of("email", name, "password", secret, "name", "Operator"));
        var code = setupCode == null ? offeredCode() : setupCode;
        body.put("setupCode", code);
        var answer = api.post("/v1/api/auth/register", body);
        if (password == null) {
            out.println("    The first account is " + name + ", its password "
                    + (kept == null ? secret : "is in " + kept));
        }
        login(visit, name, secret);
        return "%s registered: %s; signed in".formatted(name, role(answer));
    }

    /// A server on this machine fills the code in; of any other, the operator has it.
    private String offeredCode() {
        var code = api.get("/setup").json().path("code").asText("");
        if (code.isEmpty()) {
            throw new Refused("The first account needs the setup code that the server printed at "
                    + "its start: give it with --setup-code");
        }
        return code;
    }

    private String login(Visit visit, String email, String password) {
        var answer = api.post("/v1/api/auth/login", Map.of("email", email, "password", password));
        visit.signedIn(api.as(answer.need("/token")));
        return email + " signed in: " + role(answer);
    }

    private static String role(Answer answer) {
        return answer.need("/user/role");
    }

    private static String[] read(Path file) {
        try {
            var lines = Files.readAllLines(file);
            if (lines.size() < 2) {
                throw new Refused(file + " holds no e-mail and password on two lines");
            }
            return lines.toArray(String[]::new);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String email, String password) {
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, email + "\n" + password + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
