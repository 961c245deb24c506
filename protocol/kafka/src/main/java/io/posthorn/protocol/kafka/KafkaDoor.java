package io.posthorn.protocol.kafka;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.posthorn.transport.Connection;
import io.posthorn.transport.Protocol;
import io.posthorn.transport.ReadGate;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Where a connection waits, unread, as long as what serves it is being loaded. Confined to the thread of
/// its loop.
final class KafkaDoor extends ChannelInboundHandlerAdapter {
    private final CompletableFuture<KafkaService> service;
    private final Connection transport;

    KafkaDoor(CompletableFuture<KafkaService> service, Connection transport) {
        this.service = service;
        this.transport = transport;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (service.isDone()) {
            enter(context, service.isCompletedExceptionally() ? null : service.join());
            return;
        }
        transport.readGate().close(ReadGate.Reason.LOGIN);
        var _ = service.whenComplete((opened, _) -> transport.loop().execute(() -> enter(context, opened)));
    }

    private void enter(ChannelHandlerContext context, @Nullable KafkaService opened) {
        if (opened == null) {
            transport.close();
        } else if (!context.isRemoved()) {
            context.pipeline().replace(this, null, new KafkaConnection(opened, transport));
            transport.readGate().open(ReadGate.Reason.LOGIN);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Protocol.StopRequested) {
            transport.close();
        }
    }
}
