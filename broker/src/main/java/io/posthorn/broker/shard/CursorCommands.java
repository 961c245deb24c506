package io.posthorn.broker.shard;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.Done;
import io.posthorn.broker.Reply;
import io.posthorn.broker.queue.Queue;
import io.posthorn.broker.queue.QueueState;
import io.posthorn.broker.queue.WorkQueue;
import io.posthorn.broker.topic.LeaseAnswer;
import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.log.Journal;

/// Carries out what those ask of a cursor who take messages by their offsets. Confined to the shard's thread.
final class CursorCommands {
    private final int machine;
    private final Journal journal;
    private final QueueTable queues;
    private final DurableAnswers answers;
    private final ShardEventCodec events = new ShardEventCodec();

    CursorCommands(int machine, Journal journal, QueueTable queues, DurableAnswers answers) {
        this.machine = machine;
        this.journal = journal;
        this.queues = queues;
        this.answers = answers;
    }

    void perform(Queue queue, Command.OfCursor<?> command) {
        if (!(queue instanceof WorkQueue cursor)) {
            command.refuse(new BrokerException.PreconditionFailed(queue + " is no work queue"));
            return;
        }
        switch (command) {
            case Command.Lease lease -> cursor.leasing().lease(lease.lessee(), lease.wish(), lease.reply());
            case Command.EndLeases end -> end(cursor, end);
            case Command.AwaitReady await -> cursor.leasing().awaitReady(await.lessee(), await.reply());
            case Command.AskCursor asked -> asked.reply().ok(cursor.leasing().status());
            case Command.RestartCursor restart -> restart(cursor, restart);
        }
    }

    private void end(WorkQueue cursor, Command.EndLeases command) {
        LeaseAnswer answer = cursor.leasing().end(command.lessee(), command.ends());
        if (answer == LeaseAnswer.DONE) {
            cursor.leasing().awaitDeparture(command.ends(), new OnceGone(cursor, command.reply()));
        } else {
            command.reply().ok(answer);
        }
    }

    /// Answers a lessee when everything that it has ended has left the cursor, and that is durable.
    private final class OnceGone implements Reply<Done> {
        private final WorkQueue cursor;
        private final Reply<LeaseAnswer> reply;

        OnceGone(WorkQueue cursor, Reply<LeaseAnswer> reply) {
            this.cursor = cursor;
            this.reply = reply;
        }

        @Override
        public void ok(Done value) {
            answers.onceSettled(cursor, LeaseAnswer.DONE, reply);
        }

        @Override
        public void failed(BrokerException cause) {
            reply.failed(cause);
        }
    }

    private void restart(WorkQueue cursor, Command.RestartCursor command) {
        QueueEntry entry = command.queue();
        QueueEntry source = entry.source();
        if (source == null) {
            startLater(cursor, command);
            return;
        }
        if (cursor.leasing().isConsumedToo()) {
            command.reply().failed(new BrokerException.PreconditionFailed(cursor + " in use"));
            return;
        }
        long offset = Math.clamp(
                command.offset(), cursor.log().bounds().start(), cursor.bounds().highWatermark());
        boolean touched = cursor.state().touched();
        events.write(new ShardEvent.Begun(entry.log(), touched, offset));
        journal.append(machine, events.take(), true);
        var state = new QueueState();
        state.begin(offset);
        if (touched) {
            state.touch();
        }
        queues.restart(entry, source, state);
        answers.onceWritten(Done.DONE, command.reply());
    }

    /// What was taken from a queue does not come back.
    private void startLater(WorkQueue queue, Command.RestartCursor command) {
        if (command.offset() < queue.start()) {
            command.reply()
                    .failed(new BrokerException.PreconditionFailed(
                            "what is before offset %d was taken from %s".formatted(queue.start(), queue)));
            return;
        }
        queue.giveUpBefore(command.offset());
        answers.onceSettled(queue, Done.DONE, command.reply());
    }
}
