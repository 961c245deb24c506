package io.posthorn.broker.shard;

import io.posthorn.broker.BatchOpener;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.queue.Queue;
import java.util.concurrent.Executor;

/// Carries out what those ask of a queue who speak of offsets. Confined to the shard's thread.
final class OffsetCommands {
    private final DurableAnswers answers;
    private final Executor blocking;
    private final BatchOpener opener;

    OffsetCommands(DurableAnswers answers, Executor blocking, BatchOpener opener) {
        this.answers = answers;
        this.blocking = blocking;
        this.opener = opener;
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
        answers.onceSettled(queue, queue.firstKept(), command.reply());
    }
}
