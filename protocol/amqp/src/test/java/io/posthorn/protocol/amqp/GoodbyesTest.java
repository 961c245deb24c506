package io.posthorn.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.Close;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.CloseOk;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is said at the end, when the broker takes its time to delete what goes with a channel or connection.
@Timeout(30)
final class GoodbyesTest {
    private final FakeBroker broker = new FakeBroker();
    private final TestServer server = new TestServer(broker, AmqpSettings.DEFAULTS);

    @BeforeEach
    void theBrokerTakesItsTime() {
        broker.keepsWhatIsClosed = true;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whatWasReadBehindTheFrameThatEndsTheConnectionIsAnsweredWhenItsEndIsSaid() throws Exception {
        try (WirePeer peer = server.peer().open()) {
            var both = new ByteArrayOutputStream();
            both.write(WirePeer.frame(0, new ConnectionMethod.Open("/")));
            both.write(WirePeer.frame(0, new Close(200, "bye", 0, 0)));
            peer.raw(both.toByteArray());
            isGone(broker.waitForWhatIsClosed.take());
            assertThat(peer.expect(Close.class).replyCode()).isEqualTo(504);
            peer.expect(CloseOk.class);
            peer.send(0, new CloseOk());
            assertThat(peer.next()).isNull();
        }
    }

    @Test
    void aConnectionsGoodbyeWaitsForThatOfItsChannel() throws Exception {
        try (WirePeer peer = server.peer().open()) {
            peer.send(1, new ChannelMethod.Close(200, "bye", 0, 0));
            Reply<Done> ofChannel = broker.waitForWhatIsClosed.take();
            endAll();
            isGone(broker.waitForWhatIsClosed.take());
            server.onLoop(() -> {}); // a pass later, what was said would have been written
            assertThat(peer.socket().getInputStream().available()).isZero();
            isGone(ofChannel);
            assertThat(peer.expect(Close.class).replyCode()).isEqualTo(320);
            peer.send(0, new CloseOk());
            assertThat(peer.next()).isNull();
        }
    }

    @Test
    void aSecondReasonToEndDoesNotKeepTheFirstFromBeingSaid() throws Exception {
        try (WirePeer peer = server.peer().open()) {
            peer.send(0, new ConnectionMethod.Open("/"));
            Reply<Done> waiting = broker.waitForWhatIsClosed.take();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> server.stop("maintenance"));
            assertThat(peer.expect(Close.class).replyCode()).isEqualTo(504);
            isGone(waiting);
            peer.send(0, new CloseOk());
            assertThat(peer.next()).as("as all is said").isNull();
            stopped.join();
        }
    }

    @Test
    void aServerThatStopsSaysSoWithoutWaitingForTheBroker() throws Exception {
        try (WirePeer peer = server.peer().open()) {
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> server.stop("maintenance"));
            Close close = peer.expect(Close.class);
            assertThat(close.replyCode()).isEqualTo(320);
            assertThat(close.replyText()).contains("maintenance");
            peer.send(0, new CloseOk());
            assertThat(peer.next()).isNull();
            stopped.join();
        }
    }

    private void endAll() {
        server.onLoop(() -> broker.endSessions(_ -> true, "moved"));
    }

    private void isGone(Reply<Done> reply) {
        server.onLoop(() -> reply.ok(Done.DONE));
    }
}
