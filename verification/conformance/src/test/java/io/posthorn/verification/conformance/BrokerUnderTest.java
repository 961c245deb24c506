package io.posthorn.verification.conformance;

import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/// The broker that this run holds to AMQP: a Posthorn of our own, or any broker that `-Dconformance.broker=URL` or
/// `CONFORMANCE_BROKER` names. The same tests on RabbitMQ say what must hold here.
public final class BrokerUnderTest {
    private static final URI URL = named().orElseGet(BrokerUnderTest::startPosthorn);
    private static final boolean POSTHORN = saysPosthorn();

    private BrokerUnderTest() {}

    public static URI url() {
        return URL;
    }

    /// Whether the broker says so itself; RabbitMQ's name stands in `product`, for tools that look for it.
    public static boolean isPosthorn() {
        return POSTHORN;
    }

    private static boolean saysPosthorn() {
        try (Connection connection = Amqp.factory().newConnection()) {
            return String.valueOf(connection.getServerProperties().get("platform"))
                    .contains("Posthorn");
        } catch (IOException | TimeoutException e) {
            throw new IllegalStateException("there is no broker at " + URL, e);
        }
    }

    private static Optional<URI> named() {
        String property = System.getProperty("conformance.broker", System.getenv("CONFORMANCE_BROKER"));
        return Optional.ofNullable(property).filter(url -> !url.isBlank()).map(URI::create);
    }

    private static URI startPosthorn() {
        try {
            Path data = Files.createTempDirectory(Path.of("target"), "broker-under-test");
            PosthornProcess posthorn = PosthornProcess.start(data);
            Runtime.getRuntime().addShutdownHook(new Thread(posthorn::close, "stop-posthorn"));
            return posthorn.url();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
