package io.posthorn.verification.conformance;

import static io.posthorn.verification.conformance.RawAmqp.BODY;
import static io.posthorn.verification.conformance.RawAmqp.HEADER;
import static io.posthorn.verification.conformance.RawAmqp.HEARTBEAT;
import static io.posthorn.verification.conformance.RawAmqp.frameBytes;
import static io.posthorn.verification.conformance.RawAmqp.hex;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.verification.conformance.RawAmqp.Close;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What frames out of place are answered, word by word as RabbitMQ does.
class RefusalTextsTest {
    @Test
    void aFrameWithoutItsEndIsShown() throws IOException {
        byte[] open = frameBytes(RawAmqp.METHOD, 1, hex("0014000a00"));
        open[open.length - 1] = 0;
        assertThat(answerTo(open))
                .isEqualTo(refusal(
                        501, "FRAME_ERROR - type 1, all octets = <<0,20,0,10,0>>:" + " {invalid_frame_end_marker,0}"));
        byte[] body = frameBytes(BODY, 1, Amqp.bytes("hello world, this is long"));
        body[body.length - 1] = 0;
        assertThat(answerTo(body))
                .isEqualTo(refusal(
                        501,
                        "FRAME_ERROR - type 3, first 16 octets = <<\"hello world, thi\">>:"
                                + " {invalid_frame_end_marker,0}"));
    }

    @Test
    void aFrameOfNoKindIsShown() throws IOException {
        assertThat(answerTo(frameBytes(7, 1, hex("01020304"))))
                .isEqualTo(refusal(501, "FRAME_ERROR - type 7, all octets = <<1,2,3,4>>: unknown_frame"));
    }

    @Test
    void aFrameThatIsTooLargeIsNamedWithTheLimit() throws IOException {
        assertThat(answerTo(frameBytes(BODY, 1, new byte[140_000])))
                .isEqualTo(refusal(501, "FRAME_ERROR - type 3, all octets = <<>>: {frame_too_large,140000,131064}"));
    }

    @Test
    void heartbeatsAreEmptyAndOnChannel0() throws IOException {
        assertThat(answerTo(frameBytes(HEARTBEAT, 1, new byte[0])))
                .isEqualTo(refusal(505, "UNEXPECTED_FRAME - type 8, all octets = <<>>"));
        assertThat(answerTo(frameBytes(HEARTBEAT, 0, Amqp.bytes("x"))))
                .isEqualTo(refusal(501, "FRAME_ERROR - type 8, all octets = <<\"x\">>: unknown_frame"));
    }

    @Test
    void contentHasItsPlace() throws IOException {
        assertThat(answerTo(frameBytes(HEADER, 0, new byte[14])))
                .isEqualTo(refusal(505, "UNEXPECTED_FRAME - type 2, all octets = <<0,0,0,0,0,0,0,0,0,0,0,0,0,0>>"));
        assertThat(answerTo(frameBytes(BODY, 2, Amqp.bytes("x"))))
                .isEqualTo(refusal(505, "UNEXPECTED_FRAME - expected method frame, got non method frame instead"));
    }

    @Test
    void aChannelIsOpenedFirstAndOnce() throws IOException {
        byte[] open = frameBytes(RawAmqp.METHOD, 1, hex("0014000a00"));
        assertThat(answerTo(open))
                .isEqualTo(new Close(true, 504, "CHANNEL_ERROR - second 'channel.open' seen", 20, 10));
        byte[] select = frameBytes(RawAmqp.METHOD, 2, hex("0055000a00"));
        assertThat(answerTo(select)).isEqualTo(new Close(true, 504, "CHANNEL_ERROR - expected 'channel.open'", 85, 10));
    }

    @Test
    void whatOnlyABrokerSaysIsNotImplemented() throws IOException {
        byte[] flowOk = frameBytes(RawAmqp.METHOD, 1, hex("0014001501"));
        assertThat(answerTo(flowOk)).isEqualTo(new Close(true, 503, "COMMAND_INVALID - unimplemented method", 20, 21));
        byte[] openOk = frameBytes(RawAmqp.METHOD, 0, hex("000a002900"));
        assertThat(answerTo(openOk))
                .isEqualTo(
                        new Close(true, 504, "CHANNEL_ERROR - unexpected method in connection state running", 10, 41));
    }

    private static Close refusal(int code, String text) {
        return new Close(true, code, text, 0, 0);
    }

    /// What a client with channel 1 is told when it sends this.
    private static Close answerTo(byte[] frame) throws IOException {
        try (RawAmqp raw = RawAmqp.withChannel()) {
            raw.send(frame);
            return raw.expectClose();
        }
    }
}
