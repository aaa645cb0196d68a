package orrery.cli;

import orrery.cli.demo.DemoCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The program `orrery`.
@Command(
        name = "orrery",
        description = "The command line of Orrery, a control plane for AI clouds on Kubernetes.",
        mixinStandardHelpOptions = true,
        version = "orrery 0.1.0",
        subcommands = {DemoCommand.class, KubeTokenCommand.class},
        footer = {
            "",
            "`orrery sim --data DIR` starts the simulated region alone.",
        })
public final class Main {
    private Main() {}

    /// Ends with 0 when the command did its work, 1 when it failed, 2 when it was not understood.
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((e, command, _) -> {
            command.getErr().println(said(e));
            return 1;
        });
    }

    /// A refusal tells its own story; anything else needs its type to be understood.
    private static String said(Exception e) {
        return e instanceof Refused ? e.getMessage() : e.toString();
    }
}
