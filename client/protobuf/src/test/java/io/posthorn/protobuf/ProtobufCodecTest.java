package io.posthorn.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.protobuf.Timestamp;
import com.google.protobuf.TimestampOrBuilder;
import io.posthorn.events.Codec;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ProtobufCodecTest {
    private final ProtobufCodec codec = new ProtobufCodec();

    @Test
    void aMessageComesBackAsItWas() {
        var time = Timestamp.newBuilder().setSeconds(1_795_305_600).setNanos(5).build();

        assertThat(codec.decode(codec.encode(time), Timestamp.class)).isEqualTo(time);
    }

    @Test
    void theBytesAreThoseOfTheSpecification() {
        // Field 1, length-delimited, seven bytes: "testing" (the encoding guide's own example).
        assertThat(codec.encode(StringValue.of("testing")))
                .containsExactly(0x0a, 0x07, 't', 'e', 's', 't', 'i', 'n', 'g');
    }

    @Test
    void whatIsNoSuchMessageIsRefused() {
        assertThatThrownBy(() -> codec.decode(new byte[] {0x0a, 0x7f}, StringValue.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("StringValue");
    }

    @Test
    void itTakesMessagesAndNothingElse() {
        assertThat(codec.takes(Timestamp.class)).isTrue();
        assertThat(codec.takes(Message.class)).isFalse();
        assertThat(codec.takes(String.class)).isFalse();
        assertThat(codec.isMachinery(Message.class)).isTrue();
        assertThat(codec.isMachinery(TimestampOrBuilder.class)).isTrue();
        assertThat(codec.isMachinery(Timestamp.class)).isFalse();
    }

    @Test
    void itIsFoundAsAService() {
        assertThat(ServiceLoader.load(Codec.class)).hasAtLeastOneElementOfType(ProtobufCodec.class);
    }
}
