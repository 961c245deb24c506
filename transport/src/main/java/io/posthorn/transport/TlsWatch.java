package io.posthorn.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;

/// Stands behind the encryption of a connection: says once why a peer and we did not come to terms, and keeps that
/// from the protocol, which has not heard of the peer yet.
final class TlsWatch extends ChannelInboundHandlerAdapter {
    private static final System.Logger LOG = System.getLogger(TlsWatch.class.getName());

    private final Connection connection;
    private boolean said;

    TlsWatch(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done) {
            if (!done.isSuccess()) {
                sayAndClose(context, done.cause());
            }
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        Throwable inner = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (inner instanceof SSLException) {
            sayAndClose(context, inner);
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    private void sayAndClose(ChannelHandlerContext context, Throwable cause) {
        if (!said) {
            said = true;
            Level level = cause instanceof ClosedChannelException ? Level.DEBUG : Level.WARNING;
            LOG.log(level, "{0}: closed, no TLS: {1}", connection.name(), reason(cause));
        }
        var _ = context.close();
    }

    private static String reason(Throwable cause) {
        if (!(cause instanceof NotSslRecordException)) {
            return String.valueOf(cause.getMessage());
        }
        // The message ends with what came, in hexadecimal digits.
        boolean amqp = String.valueOf(cause.getMessage()).contains(": 414d5150");
        return amqp ? "the peer speaks AMQP, and this port is encrypted" : "the peer speaks something else";
    }
}
