package io.posthorn.console.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.posthorn.transport.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Sends one answer. What fits into one piece goes out whole, with its length; more in chunks, each after the peer has
/// taken the one before. Confined to one virtual thread, which waits.
final class AnswerStream extends OutputStream {
    private static final int PIECE = 64 * 1024;
    private static final int NO_CONTENT = 204;

    private final Connection connection;
    private final RequestHead head;
    private final boolean keepAlive;
    private final Duration patience;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream();
    private HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    private boolean inPieces;
    private long counted;

    AnswerStream(Connection connection, RequestHead head, boolean keepAlive, Duration patience) {
        this.connection = connection;
        this.head = head;
        this.keepAlive = keepAlive;
        this.patience = patience;
    }

    /// @throws IOException when the peer is gone, or takes nothing for too long
    void send(Answer answer) throws IOException {
        response = start(answer);
        answer.content().write(this);
        finish(answer);
    }

    private HttpResponse start(Answer answer) {
        var made = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        made.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-cache");
        made.headers().set("x-content-type-options", "nosniff");
        if (answer.contentType() != null) {
            made.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        }
        answer.headers().forEach(made.headers()::set);
        if (!keepAlive) {
            made.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return made;
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (head.wantsNoContent()) {
            counted += length;
            return;
        }
        piece.write(bytes, offset, length);
        if (piece.size() >= PIECE) {
            sendPiece();
        }
    }

    private void sendPiece() throws IOException {
        if (!inPieces) {
            inPieces = true;
            if (!head.isOldVersion()) {
                response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            }
            // To an old client the end of the connection is the end of the answer.
            write(response, false);
        }
        write(new DefaultHttpContent(Unpooled.wrappedBuffer(piece.toByteArray())), true);
        piece.reset();
    }

    private void finish(Answer answer) throws IOException {
        if (inPieces) {
            if (piece.size() > 0) {
                sendPiece();
            }
            write(LastHttpContent.EMPTY_LAST_CONTENT, true);
            return;
        }
        if (answer.status() != NO_CONTENT) {
            response.headers()
                    .set(HttpHeaderNames.CONTENT_LENGTH, head.wantsNoContent() ? counted : (long) piece.size());
        }
        var whole = new DefaultFullHttpResponse(
                response.protocolVersion(), response.status(), Unpooled.wrappedBuffer(piece.toByteArray()));
        whole.headers().set(response.headers());
        write(whole, true);
    }

    private void write(HttpObject part, boolean flushed) throws IOException {
        if (!flushed) {
            var _ = connection.channel().write(part);
            return;
        }
        ChannelFuture written = connection.channel().writeAndFlush(part);
        try {
            if (!written.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("it takes nothing of the answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the server is stopping");
        }
        if (!written.isSuccess()) {
            throw new IOException(written.cause());
        }
    }
}
