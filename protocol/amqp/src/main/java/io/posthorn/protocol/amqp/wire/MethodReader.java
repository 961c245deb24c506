package io.posthorn.protocol.amqp.wire;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// Reads the payload of a method frame. One per connection; not thread-safe.
public final class MethodReader {
    private final WireReader in = new WireReader();
    private BasicMethod.@Nullable Publish lastPublish;

    /// Reads one method, which must fill the readable bytes exactly.
    ///
    /// @throws AmqpException 501 when the bytes are no such method, 540 when there is no method of that number
    public Method read(ByteBuf payload) {
        if (payload.readableBytes() < 4) {
            throw new AmqpException(ReplyCode.FRAME_ERROR, "a method frame of less than four bytes", 0);
        }
        int id = payload.readInt();
        try {
            Method method = read(id, in.on(payload));
            if (payload.isReadable()) {
                throw new MalformedException(payload.readableBytes() + " bytes too many");
            }
            return method;
        } catch (MalformedException malformed) {
            throw new AmqpException(
                    ReplyCode.FRAME_ERROR,
                    "cannot decode method %d of class %d: %s".formatted(id & 0xffff, id >>> 16, malformed.getMessage()),
                    id);
        }
    }

    private Method read(int id, WireReader in) {
        return switch (id) {
            case 10 << 16 | 10 -> ConnectionMethod.Start.read(in);
            case 10 << 16 | 11 -> ConnectionMethod.StartOk.read(in);
            case 10 << 16 | 20 -> ConnectionMethod.Secure.read(in);
            case 10 << 16 | 21 -> ConnectionMethod.SecureOk.read(in);
            case 10 << 16 | 30 -> ConnectionMethod.Tune.read(in);
            case 10 << 16 | 31 -> ConnectionMethod.TuneOk.read(in);
            case 10 << 16 | 40 -> ConnectionMethod.Open.read(in);
            case 10 << 16 | 41 -> ConnectionMethod.OpenOk.read(in);
            case 10 << 16 | 50 -> ConnectionMethod.Close.read(in);
            case 10 << 16 | 51 -> ConnectionMethod.CloseOk.read(in);
            case 10 << 16 | 60 -> ConnectionMethod.Blocked.read(in);
            case 10 << 16 | 61 -> ConnectionMethod.Unblocked.read(in);
            case 10 << 16 | 70 -> ConnectionMethod.UpdateSecret.read(in);
            case 10 << 16 | 71 -> ConnectionMethod.UpdateSecretOk.read(in);
            case 20 << 16 | 10 -> ChannelMethod.Open.read(in);
            case 20 << 16 | 11 -> ChannelMethod.OpenOk.read(in);
            case 20 << 16 | 20 -> ChannelMethod.Flow.read(in);
            case 20 << 16 | 21 -> ChannelMethod.FlowOk.read(in);
            case 20 << 16 | 40 -> ChannelMethod.Close.read(in);
            case 20 << 16 | 41 -> ChannelMethod.CloseOk.read(in);
            case 40 << 16 | 10 -> ExchangeMethod.Declare.read(in);
            case 40 << 16 | 11 -> ExchangeMethod.DeclareOk.read(in);
            case 40 << 16 | 20 -> ExchangeMethod.Delete.read(in);
            case 40 << 16 | 21 -> ExchangeMethod.DeleteOk.read(in);
            case 40 << 16 | 30 -> ExchangeMethod.Bind.read(in);
            case 40 << 16 | 31 -> ExchangeMethod.BindOk.read(in);
            case 40 << 16 | 40 -> ExchangeMethod.Unbind.read(in);
            case 40 << 16 | 51 -> ExchangeMethod.UnbindOk.read(in);
            case 50 << 16 | 10 -> QueueMethod.Declare.read(in);
            case 50 << 16 | 11 -> QueueMethod.DeclareOk.read(in);
            case 50 << 16 | 20 -> QueueMethod.Bind.read(in);
            case 50 << 16 | 21 -> QueueMethod.BindOk.read(in);
            case 50 << 16 | 30 -> QueueMethod.Purge.read(in);
            case 50 << 16 | 31 -> QueueMethod.PurgeOk.read(in);
            case 50 << 16 | 40 -> QueueMethod.Delete.read(in);
            case 50 << 16 | 41 -> QueueMethod.DeleteOk.read(in);
            case 50 << 16 | 50 -> QueueMethod.Unbind.read(in);
            case 50 << 16 | 51 -> QueueMethod.UnbindOk.read(in);
            case 60 << 16 | 10 -> BasicMethod.Qos.read(in);
            case 60 << 16 | 11 -> BasicMethod.QosOk.read(in);
            case 60 << 16 | 20 -> BasicMethod.Consume.read(in);
            case 60 << 16 | 21 -> BasicMethod.ConsumeOk.read(in);
            case 60 << 16 | 30 -> BasicMethod.Cancel.read(in);
            case 60 << 16 | 31 -> BasicMethod.CancelOk.read(in);
            case 60 << 16 | 40 -> publish(in);
            case 60 << 16 | 50 -> BasicMethod.Return.read(in);
            case 60 << 16 | 60 -> BasicMethod.Deliver.read(in);
            case 60 << 16 | 70 -> BasicMethod.Get.read(in);
            case 60 << 16 | 71 -> BasicMethod.GetOk.read(in);
            case 60 << 16 | 72 -> BasicMethod.GetEmpty.read(in);
            case 60 << 16 | 80 -> BasicMethod.Ack.read(in);
            case 60 << 16 | 90 -> BasicMethod.Reject.read(in);
            case 60 << 16 | 100 -> BasicMethod.RecoverAsync.read(in);
            case 60 << 16 | 110 -> BasicMethod.Recover.read(in);
            case 60 << 16 | 111 -> BasicMethod.RecoverOk.read(in);
            case 60 << 16 | 120 -> BasicMethod.Nack.read(in);
            case 85 << 16 | 10 -> ConfirmMethod.Select.read(in);
            case 85 << 16 | 11 -> ConfirmMethod.SelectOk.read(in);
            case 90 << 16 | 10 -> TxMethod.Select.read(in);
            case 90 << 16 | 11 -> TxMethod.SelectOk.read(in);
            case 90 << 16 | 20 -> TxMethod.Commit.read(in);
            case 90 << 16 | 21 -> TxMethod.CommitOk.read(in);
            case 90 << 16 | 30 -> TxMethod.Rollback.read(in);
            case 90 << 16 | 31 -> TxMethod.RollbackOk.read(in);
            default ->
                throw new AmqpException(
                        ReplyCode.NOT_IMPLEMENTED,
                        "there is no method %d of class %d".formatted(id & 0xffff, id >>> 16),
                        id);
        };
    }

    // A publisher says the same again and again: then it is the same object, as are its strings.
    private BasicMethod.Publish publish(WireReader in) {
        in.skipShort16();
        String exchange = in.shortString();
        String routingKey = in.shortString();
        boolean mandatory = in.bit();
        boolean immediate = in.bit();
        BasicMethod.Publish last = lastPublish;
        if (last != null
                && last.mandatory() == mandatory
                && last.immediate() == immediate
                && last.exchange().equals(exchange)
                && last.routingKey().equals(routingKey)) {
            return last;
        }
        var publish = new BasicMethod.Publish(exchange, routingKey, mandatory, immediate);
        lastPublish = publish;
        return publish;
    }
}
