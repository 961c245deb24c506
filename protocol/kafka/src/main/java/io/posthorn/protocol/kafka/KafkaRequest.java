package io.posthorn.protocol.kafka;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;
import io.posthorn.broker.topic.Topics;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestContext;

/// One request, with all that is around it. Confined to the io thread of its connection, but for what it
/// was made with.
///
/// @param context header, peer and principal, as Kafka's own classes want them
/// @param body its bytes, those of records too, are the request's own and stay as they are
public record KafkaRequest(
        RequestContext context, AbstractRequest body, ClientConnection connection, int sizeInBytes, Life life) {
    /// @param sizeInBytes of the whole request
    public KafkaRequest(RequestContext context, AbstractRequest body, ClientConnection connection, int sizeInBytes) {
        this(context, body, connection, sizeInBytes, new Life());
    }

    /// What is to be done when the request is over.
    public static final class Life {
        private final List<Runnable> whenOver = new ArrayList<>(0);
        private final List<Runnable> whenAbandoned = new ArrayList<>(0);
        private boolean isOver;

        private Life() {}

        /// The answer has left, or never will.
        void over() {
            isOver = true;
            whenOver.forEach(Runnable::run);
            whenOver.clear();
            whenAbandoned.clear();
        }

        /// Nobody waits for the answer any more.
        void abandoned() {
            List.copyOf(whenAbandoned).forEach(Runnable::run);
            whenAbandoned.clear();
        }
    }

    /// @throws ClassCastException when the request is of another kind
    public <T extends AbstractRequest> T body(Class<T> kind) {
        return kind.cast(body);
    }

    public ApiKeys api() {
        return context.header.apiKey();
    }

    /// In which its answer will be written, too.
    public short version() {
        return context.apiVersion();
    }

    public BrokerSession session() {
        return connection.session();
    }

    public Topics topics() {
        return connection.session().topics();
    }

    public Principal principal() {
        return connection.session().principal();
    }

    /// Lets something be done once the bytes of the answer are not needed any more, sent or not: the place
    /// to close a slice. Runs on the io thread.
    public void whenOver(Runnable action) {
        if (life.isOver) {
            action.run();
        } else {
            life.whenOver.add(action);
        }
    }

    /// Lets something be done when the connection ends before there is an answer: the place to stop waiting
    /// for one. The answer has to come nevertheless. Runs on the io thread.
    public void whenAbandoned(Runnable action) {
        life.whenAbandoned.add(action);
    }
}
