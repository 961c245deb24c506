package io.posthorn.broker;

import io.posthorn.broker.topology.QueueEntry;
import io.posthorn.broker.topology.SessionId;
import io.posthorn.broker.topology.VirtualHost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// One question for the state of every queue of a virtual host, and the answers as they come in. Confined to
/// the session's io thread.
final class QueueList {
    private final LocalQueues every;
    private final Reply<List<QueueStatus>> reply;
    private final List<QueueEntry> queues;
    private final List<QueueStatus> answers = new ArrayList<>();
    private int missing;

    QueueList(VirtualHost host, SessionId session, LocalQueues every, Reply<List<QueueStatus>> reply) {
        this.every = every;
        this.reply = reply;
        this.queues = host.queues().values().stream()
                .filter(queue -> queue.owner() == null || queue.owner().equals(session))
                .toList();
        this.missing = queues.size();
    }

    void ask() {
        if (queues.isEmpty()) {
            reply.ok(List.of());
            return;
        }
        for (QueueEntry queue : queues) {
            every.askStatus(queue, false, new Answer());
        }
    }

    private final class Answer implements Reply<QueueStatus> {
        @Override
        public void ok(QueueStatus status) {
            answers.add(status);
            oneLess();
        }

        /// Gone in the meantime, or broken: nothing can be said of it.
        @Override
        public void failed(BrokerException cause) {
            oneLess();
        }
    }

    private void oneLess() {
        missing--;
        if (missing == 0) {
            answers.sort(Comparator.comparing(QueueStatus::name));
            reply.ok(List.copyOf(answers));
        }
    }
}
