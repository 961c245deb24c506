package io.posthorn.server.rabbitmqctl;

import io.posthorn.server.cli.api.ApiException;
import io.posthorn.server.cli.api.Endpoint;
import io.posthorn.server.cli.api.Endpoints;
import io.posthorn.server.cli.api.JsonException;
import io.posthorn.server.cli.api.ManagementClient;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Where `rabbitmqctl` begins.
public final class RabbitMqCtl {
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    private final PrintStream out;
    private final PrintStream err;

    private final Supplier<Endpoint> broker;

    private RabbitMqCtl(PrintStream out, PrintStream err, Supplier<Endpoint> broker) {
        this.out = out;
        this.err = err;
        this.broker = broker;
    }

    public static void main(String[] arguments) {
        // One write for all, and UTF-8 whatever the locale, as RabbitMQ's own.
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        int code = execute(List.of(arguments), out, System.err);
        out.flush();
        System.exit(code);
    }

    /// @return the exit code
    public static int execute(List<String> arguments, PrintStream out, PrintStream err) {
        return new RabbitMqCtl(out, err, RabbitMqCtl::ofEnvironment).run(arguments);
    }

    static int execute(List<String> arguments, PrintStream out, PrintStream err, Endpoint broker) {
        return new RabbitMqCtl(out, err, () -> broker).run(arguments);
    }

    private int run(List<String> arguments) {
        var given = new CtlArguments(arguments);
        Optional<String> name = given.command();
        if (name.isEmpty()) {
            err.println(overview());
            return CtlFailure.USAGE;
        }
        if (name.get().equals("help")) {
            return help(given.words().isEmpty() ? Optional.empty() : Optional.of(given.word(0)));
        }
        Optional<CtlCommand> command = Commands.named(name.get());
        if (command.isEmpty()) {
            err.println("\nCommand '%s' not found. \n%s"
                    .formatted(name.get(), Commands.near(name.get()).orElseGet(this::overview)));
            return CtlFailure.USAGE;
        }
        if (given.has("--help")) {
            return help(name);
        }
        return run(name.get(), command.get(), given);
    }

    private int run(String name, CtlCommand command, CtlArguments given) {
        try {
            given.check(command);
            Formatter formatter = Formatter.of(given);
            double patience = given.number("--timeout").orElse((double) ManagementClient.USUAL_PATIENCE.toSeconds());
            try (var client = new ManagementClient(broker.get(), Duration.ofMillis((long) (patience * 1_000)))) {
                perform(command, given, formatter, client);
            }
            return 0;
        } catch (CtlFailure failure) {
            return say(failure, name, command, given);
        } catch (ApiException.Unreachable unreachable) {
            return say(CtlFailure.plain(CtlFailure.UNAVAILABLE, unreachable(given, unreachable)), name, command, given);
        } catch (ApiException | JsonException refused) {
            return say(
                    CtlFailure.of(CtlFailure.UNAVAILABLE, String.valueOf(refused.getMessage())), name, command, given);
        } catch (InterruptedException e) {
            return CtlFailure.SOFTWARE;
        }
    }

    // Held back until it is done: what was written wrongly is answered without the line that says what is done.
    private void perform(CtlCommand command, CtlArguments given, Formatter formatter, ManagementClient broker)
            throws InterruptedException {
        var held = new ByteArrayOutputStream();
        var page = new PrintStream(held, false, StandardCharsets.UTF_8);
        var ctl = new Ctl(given, broker, formatter, page);
        try {
            if (command.banner() != null && !ctl.isQuiet() && formatter == Formatter.TABLE) {
                page.println(command.banner().apply(ctl));
            }
            command.action().run(ctl);
        } catch (CtlFailure failure) {
            if (failure.isMisuse()) {
                page.flush();
                held.reset();
            }
            throw failure;
        } finally {
            page.flush();
            out.writeBytes(held.toByteArray());
        }
    }

    private int say(CtlFailure failure, String name, CtlCommand command, CtlArguments given) {
        out.flush();
        err.println(failure.text());
        if (failure.isMisuse()) {
            err.println("Arguments given:\n\t%s\n\n%s".formatted(given.given(), usage(name, command)));
        }
        return failure.code();
    }

    private static String unreachable(CtlArguments given, ApiException.Unreachable why) {
        return "Error: unable to perform an operation on node '%s'. Please see diagnostics information and suggestions below.\n\n%s"
                .formatted(given.value("--node").orElse("rabbit@localhost"), why.getMessage());
    }

    // Node names mean nothing here; which broker it is, the environment says.
    private static Endpoint ofEnvironment() {
        return Endpoints.ofEnvironment().orElseGet(() -> new Endpoint.Local(Endpoints.USUAL_AMQP_PORT));
    }

    private int help(Optional<String> name) {
        Optional<CtlCommand> command = name.flatMap(Commands::named);
        out.println(
                command.map(found -> "\n" + usage(name.orElseThrow(), found)).orElseGet(this::overview));
        return 0;
    }

    private static String usage(String name, CtlCommand command) {
        var line = new StringBuilder("rabbitmqctl [--node <node>] [--longnames] [--quiet] ").append(name);
        for (String option : command.options()) {
            line.append(" [").append(option).append(']');
        }
        if (!command.usage().isEmpty()) {
            line.append(' ').append(command.usage());
        }
        return BOLD + "Usage" + PLAIN + "\n\n" + line;
    }

    private String overview() {
        var lines = new ArrayList<String>();
        lines.add("\n" + BOLD + "Usage" + PLAIN + "\n");
        lines.add(
                "rabbitmqctl [--node <node>] [--timeout <timeout>] [--longnames] [--quiet] <command> [<command options>]\n");
        lines.add("Available commands:\n");
        Commands.names().forEach(name -> lines.add("   " + name));
        lines.add(
                "\nThis is Posthorn, which says these commands as RabbitMQ does. Which broker is meant, POSTHORN_URL says;");
        lines.add("without it the one of this user on AMQP port 5672. --node is taken and means nothing.");
        return String.join("\n", lines);
    }
}
