package io.posthorn.protocol.kafka;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.posthorn.transport.Outbox;
import java.util.List;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestContext;

/// Writes answers into an outbox: small ones are collected there, large ones are copied piece by
/// piece to where the socket takes them from. Confined to the thread of its connection.
final class ResponseWriter {
    /// Below this, answers share a write.
    private static final int COLLECTED = 4 * 1024;

    private final Outbox outbox;
    private final ByteBufAllocator allocator;

    ResponseWriter(Outbox outbox, ByteBufAllocator allocator) {
        this.outbox = outbox;
        this.allocator = allocator;
    }

    /// @param sent is run when the bytes of the answer are not needed any more
    /// @throws RuntimeException when the answer cannot be said in the version of its request;
    /// nothing is written then, nor when there is no memory for it
    void write(RequestContext request, AbstractResponse response, Runnable sent) {
        var header = request.header.toResponseHeader().data();
        short headerVersion = request.header.apiKey().responseHeaderVersion(request.apiVersion());
        ApiMessage body = response.data();
        var cache = new ObjectSerializationCache();
        var size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, request.apiVersion());
        boolean isSmall = size.totalSize() <= COLLECTED;
        var out = isSmall
                ? new ResponseBytes(outbox.writer(), allocator)
                : new ResponseBytes(allocator, size.totalSize() + 4);
        try {
            out.writeInt(size.totalSize());
            header.write(out, cache, headerVersion);
            body.write(out, cache, request.apiVersion());
        } catch (Throwable unspeakable) {
            out.undo();
            throw unspeakable;
        }
        if (isSmall) {
            sent.run();
        } else {
            append(out.pieces(), sent);
        }
    }

    private void append(List<ByteBuf> pieces, Runnable sent) {
        for (int i = 0; i < pieces.size() - 1; i++) {
            outbox.append(pieces.get(i));
        }
        outbox.append(pieces.getLast(), sent);
    }
}
