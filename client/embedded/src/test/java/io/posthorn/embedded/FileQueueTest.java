package io.posthorn.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.events.Capability;
import io.posthorn.events.EventsException;
import io.posthorn.events.Posthorn;
import io.posthorn.events.Queue;
import io.posthorn.events.QueueContract;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileQueueTest extends QueueContract {
    @TempDir
    Path directory;

    private int opened;

    /// One broker a directory: each that a test opens gets one of its own.
    @Override
    protected String uri() {
        return directory.resolve("broker-" + opened++).toUri().toString();
    }

    @Test
    void whatIsEnqueuedIsThereAfterARestart() {
        String uri = directory.resolve("kept").toUri().toString();
        try (var posthorn = Posthorn.open(uri)) {
            posthorn.queue("kept", String.class).enqueueAll(List.of("a", "b"));
        }
        try (var posthorn = Posthorn.open(uri)) {
            Queue<String> queue = posthorn.queue("kept", String.class);
            assertThat(queue.length()).isEqualTo(2);
            assertThat(queue.dequeue().orElseThrow().value()).isEqualTo("a");
        }
    }

    @Test
    void aSecondBrokerOnOneDirectoryIsRefused() {
        String uri = directory.resolve("one").toUri().toString();
        try (var _ = Posthorn.open(uri)) {
            assertThatThrownBy(() -> Posthorn.open(uri)).isInstanceOf(EventsException.Unreachable.class);
        }
    }

    @Test
    void aUriThatNamesNothingSaysWhatToWrite() {
        assertThatThrownBy(() -> Posthorn.open("file:"))
                .isInstanceOf(EventsException.WrongUri.class)
                .hasMessageContaining("file:./data");
        assertThatThrownBy(() -> Posthorn.open("rabbit://x"))
                .isInstanceOf(EventsException.WrongUri.class)
                .hasMessageContaining("mem");
    }

    @Test
    void aSchemeIsTheSameInCapitalLetters() {
        try (var posthorn = Posthorn.open("FILE:" + directory.resolve("data"))) {
            assertThat(posthorn.capabilities()).contains(Capability.DURABLE);
        }
    }

    @Test
    void whatAUriSaysTooMuchIsNotPassedOver() {
        for (String uri : List.of("mem:orders", "mem://orders")) {
            assertThatThrownBy(() -> Posthorn.open(uri))
                    .isInstanceOf(EventsException.WrongUri.class)
                    .hasMessageContaining("write mem: or file:./data");
        }
        assertThatThrownBy(() -> Posthorn.open("file:a\0b")).isInstanceOf(EventsException.WrongUri.class);
    }

    @Test
    void aPasswordIsNotShown() {
        for (String uri : List.of("nothing://user:secret@host/", "user:secret@host", "x://user:s@secret@host")) {
            assertThatThrownBy(() -> Posthorn.open(uri))
                    .isInstanceOf(EventsException.WrongUri.class)
                    .message()
                    .contains("@host")
                    .doesNotContain("secret");
        }
    }
}
