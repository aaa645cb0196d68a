package orrery.server;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.util.ExceptionUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Why a start failed, for whoever looks at the terminal: the causes, each once. Where in the code
/// that was stands in a file.
record FailedStart(Throwable failure) {
    /// @param log the folder for the file
    String explain(Path log) {
        var trace = ExceptionUtil.generateStackTrace(failure);
        try {
            Files.createDirectories(log);
            var file = log.resolve("failed-start.txt");
            Files.writeString(file, trace);
            return causes() + "\nMore about it is in " + file;
        } catch (IOException e) {
            return causes() + "\n" + trace;
        }
    }

    private String causes() {
        var text = new StringBuilder("Orrery did not start: ");
        boolean first = true;
        for (var at = failure; at != null; at = at.getCause()) {
            if (at instanceof QuarkusBindException bind) {
                return text + taken(bind);
            }
            // The framework's own words about it come first, and say nothing.
            if (at == failure && at.getCause() != null && at.getClass() == RuntimeException.class) {
                continue;
            }
            var words = at.getMessage() == null ? at.toString() : at.getMessage().strip();
            if (text.indexOf(words) < 0) {
                text.append(first ? "" : "; ").append(words);
                first = false;
            }
        }
        return text.toString();
    }

    private static String taken(QuarkusBindException bind) {
        if (!QuarkusBindException.isKnownHost(bind.getHost())) {
            return "%s is no address of this machine; give another with --host"
                    .formatted(bind.getHost());
        }
        return "port %d is taken; end what listens there, or choose another with --port"
                .formatted(bind.getPort());
    }
}
