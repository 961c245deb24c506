package io.posthorn.server.cli;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.UnblockedCallback;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/// The way to a broker: its URL as an option, and the failures of a connection in words.
final class Connect {
    static final String DEFAULT_URL = "amqp://guest:guest@127.0.0.1:5672";

    private static final int CONNECT_MILLIS = 5_000;

    private static final String URL = "--url";

    private final String url;

    Connect(Given given) {
        this.url = given.value(URL)
                .or(() -> Optional.ofNullable(System.getenv("POSTHORN_URL")))
                .orElse(DEFAULT_URL);
    }

    // Its help does not say what the variable holds, which may be a password.
    static OptionSpec option() {
        return Options.text(URL, "URL", "the broker (default: what POSTHORN_URL says, else " + DEFAULT_URL + ")");
    }

    /// What a command does with its connection.
    interface Work {
        ExitCode with(Connection connection) throws IOException, InterruptedException, TimeoutException;
    }

    ExitCode run(Work work) throws InterruptedException {
        try (Connection connection = open()) {
            connection.addBlockedListener(
                    reason -> System.err.println("the broker takes no publishes for now: " + reason),
                    noticeUnblocked());
            return work.with(connection);
        } catch (IOException | ShutdownSignalException | TimeoutException e) {
            throw failure(e);
        }
    }

    URI uri() {
        try {
            var uri = new URI(url);
            if (uri.getHost() == null || uri.getScheme() == null) {
                throw new URISyntaxException(url, "it has no host");
            }
            return uri;
        } catch (URISyntaxException e) {
            throw new CommandFailure(
                    "'%s' is no URL of a broker (%s). Write it like %s.".formatted(url, e.getReason(), DEFAULT_URL));
        }
    }

    String virtualHost() {
        String path = uri().getPath();
        return path == null || path.length() < 2 ? "/" : path.substring(1);
    }

    private Connection open() throws IOException, TimeoutException {
        var factory = new ConnectionFactory();
        try {
            factory.setUri(uri());
            if (factory.isSSL()) {
                // The client would trust everybody: then encryption hides a password from nobody.
                factory.useSslProtocol(SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw notAUrl(text(e));
        }
        factory.setConnectionTimeout(CONNECT_MILLIS);
        factory.setAutomaticRecoveryEnabled(false);
        factory.setClientProperties(Map.of(
                "product",
                "Posthorn command line",
                "capabilities",
                factory.getClientProperties().getOrDefault("capabilities", Map.of())));
        return factory.newConnection("posthorn command line");
    }

    private CommandFailure notAUrl(String why) {
        return new CommandFailure(
                "'%s' is no URL of a broker (%s). Write it like %s.".formatted(url, why, DEFAULT_URL));
    }

    private static UnblockedCallback noticeUnblocked() {
        return () -> System.err.println("the broker takes publishes again.");
    }

    /// The failure of an AMQP operation as a sentence for the user.
    CommandFailure failure(Throwable thrown) {
        String at = address();
        return new CommandFailure(
                code(thrown),
                switch (thrown) {
                    case ConnectException _ ->
                        "no broker answers at %s. Start one with './posthorn serve', or name another one with --url."
                                .formatted(at);
                    case UnknownHostException _ -> "there is no host '%s'. Check --url.".formatted(uri().getHost());
                    case SocketTimeoutException _ ->
                        "%s does not answer. Is that the AMQP port of a broker? Check --url.".formatted(at);
                    case TimeoutException _ ->
                        "%s did not answer in time. Is that the AMQP port of a broker? Check --url.".formatted(at);
                    case SSLException distrust ->
                        "%s was not trusted: %s. An authority of your own is named by JAVA_OPTS=%s"
                                .formatted(at, text(distrust), "-Djavax.net.ssl.trustStore=FILE");
                    case AuthenticationFailureException _ -> refused(at);
                    case PossibleAuthenticationFailureException _ -> refused(at);
                    case ShutdownSignalException signal -> closed(at, signal);
                    case IOException e
                    when e.getCause() instanceof ShutdownSignalException signal -> closed(at, signal);
                    default ->
                        "the connection to %s broke: %s. Is the broker still running?".formatted(at, text(thrown));
                });
    }

    private static ExitCode code(Throwable thrown) {
        return switch (thrown) {
            case AuthenticationFailureException _ -> ExitCode.NOT_ALLOWED;
            case PossibleAuthenticationFailureException _ -> ExitCode.NOT_ALLOWED;
            case ShutdownSignalException _ -> ExitCode.FAILED;
            case IOException e when e.getCause() instanceof ShutdownSignalException -> ExitCode.FAILED;
            default -> ExitCode.UNREACHABLE;
        };
    }

    private String address() {
        URI uri = uri();
        int usual = "amqps".equals(uri.getScheme()) ? 5671 : 5672;
        return uri.getHost() + ":" + (uri.getPort() < 0 ? usual : uri.getPort());
    }

    private static String refused(String at) {
        return "%s refused the user name or password. Put them into the URL: --url amqp://USER:PASSWORD@%s"
                .formatted(at, at);
    }

    private static String closed(String at, ShutdownSignalException signal) {
        return replyText(signal)
                .map(text -> "the broker at %s said: %s.".formatted(at, text))
                .orElseGet(() -> signal instanceof AlreadyClosedException || signal.getCause() == null
                        ? "the connection to %s was closed.".formatted(at)
                        : "the connection to %s broke: %s.".formatted(at, text(signal.getCause())));
    }

    private static Optional<String> replyText(ShutdownSignalException signal) {
        return switch ((@Nullable Method) signal.getReason()) {
            case AMQP.Connection.Close close -> Optional.of(close.getReplyText());
            case AMQP.Channel.Close close -> Optional.of(close.getReplyText());
            case null, default -> Optional.empty();
        };
    }

    /// Whether the broker closed the channel with this reply code.
    static boolean closedWith(IOException thrown, int code) {
        return thrown.getCause() instanceof ShutdownSignalException signal
                && signal.getReason() instanceof AMQP.Channel.Close close
                && close.getReplyCode() == code;
    }

    private static String text(Throwable thrown) {
        return thrown.getMessage() == null ? thrown.getClass().getSimpleName() : thrown.getMessage();
    }
}
