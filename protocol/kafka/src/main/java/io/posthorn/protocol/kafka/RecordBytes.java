package io.posthorn.protocol.kafka;

import io.netty.buffer.ByteBuf;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/// Records of an answer that lie in several places. They are sent from there, without being copied together.
public interface RecordBytes extends BaseRecords {
    /// Shows the places one after the other; they hold [#sizeInBytes] bytes together.
    void forEach(Place place);

    /// Nobody needs the places any more.
    void copied();

    /// Takes the bytes of one place.
    interface Place {
        void take(byte[] array, int offset, int length);

        /// @param bytes stay whose they are; who needs them for longer retains them
        void take(ByteBuf bytes, int index, int length);
    }

    @Override
    default RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("records are written by ResponseWriter");
    }
}
