package io.posthorn.server.cli;

import com.rabbitmq.client.Channel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;

/// Prints bodies as the bytes they are, a line each, and settles them in groups once they are out: what nobody
/// could read stays in the queue.
final class PrintedMessages {
    private static final int GROUP = 100;

    private final Channel channel;
    private final PrintStream out;
    private long lastTag;
    private int unsettled;
    private boolean broken;

    PrintedMessages(Channel channel, PrintStream out) {
        this.channel = channel;
        // A print stream of our own: its buffer is ours to flush, and it remembers errors.
        this.out = new PrintStream(new BufferedOutputStream(out, 1 << 16), false);
    }

    /// Whether anybody still reads: `./posthorn consume q | head` goes away early.
    boolean wanted() {
        return !broken;
    }

    void print(long deliveryTag, byte[] body) throws IOException {
        out.write(body, 0, body.length);
        out.write('\n');
        lastTag = deliveryTag;
        if (++unsettled == GROUP) {
            settle();
        }
    }

    /// @return whether all that was printed could be written
    boolean settle() throws IOException {
        broken = out.checkError(); // flushes
        if (!broken && unsettled > 0) {
            channel.basicAck(lastTag, true);
            unsettled = 0;
        }
        return !broken;
    }
}
