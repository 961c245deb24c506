package io.posthorn.broker.shard;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.Queue;
import io.posthorn.log.Journal;
import java.util.concurrent.Executor;

/// Carries out what those ask of a queue who speak of offsets. Confined to the shard's thread.
final class OffsetCommands {
    private final Journal journal;
    private final Publishing publishing;
    private final Executor blocking;
    private final BatchOpener opener;

    OffsetCommands(Journal journal, Publishing publishing, Executor blocking, BatchOpener opener) {
        this.journal = journal;
        this.publishing = publishing;
        this.blocking = blocking;
        this.opener = opener;
    }

    private record Waiting(long position, long start, Reply<Long> reply) implements ParkedReceipts.Parked {
        @Override
        public void durable() {
            reply.ok(start);
        }

        @Override
        public void never(BrokerException cause) {
            reply.failed(cause);
        }
    }

    void perform(Queue queue, Command.OfPartition<?> command) {
        switch (command) {
            case Command.Producers asked -> asked.reply().ok(queue.producerStatus());
            case Command.DeleteBefore delete -> delete(queue, delete);
            case Command.FirstSince first -> {
                long to = queue.bounds().end(first.isolation());
                long from = queue.searchFrom(first.timestamp());
                blocking.execute(new TimeSearch(queue, from, to, first.timestamp(), opener, first.reply()));
            }
            case Command.GreatestTimestamp greatest -> {
                long to = Math.min(queue.bounds().end(greatest.isolation()), queue.searchLatestTo());
                blocking.execute(new TimeSearch(queue, queue.searchLatestFrom(), to, opener, greatest.reply()));
            }
        }
    }

    private void delete(Queue queue, Command.DeleteBefore command) {
        long end = queue.bounds().highWatermark();
        if (command.offset() > end) {
            command.reply()
                    .failed(new BrokerException.OffsetOutOfRange(
                            "offset %d is behind the end of %s, %d".formatted(command.offset(), queue, end)));
            return;
        }
        long offset = command.offset() < 0 ? end : command.offset();
        if (offset > queue.start()) {
            queue.giveUpBefore(offset);
        }
        if (!queue.durable()) {
            command.reply().ok(queue.firstKept());
            return;
        }
        journal.requestSync();
        publishing.park(new Waiting(journal.end(), queue.firstKept(), command.reply()));
    }
}
