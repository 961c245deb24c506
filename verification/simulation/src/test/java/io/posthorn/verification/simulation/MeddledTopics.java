package io.posthorn.verification.simulation;

import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.topic.Topics;
import io.posthorn.log.Bytes;
import io.posthorn.log.Recovery;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// Sessions whose topics are meddled with.
final class MeddledTopics {
    private MeddledTopics() {}

    /// May change the arguments of a call, or answer it.
    ///
    /// @param <T> of what
    interface Meddler<T> {
        Object call(T meddled, Method called, Object[] arguments) throws Exception;
    }

    /// @param method of [Topics] that the meddler sees
    static BrokerSession of(BrokerSession session, String method, Meddler<Topics> meddler) {
        Topics topics = session.topics();
        Topics meddled = (Topics) Proxy.newProxyInstance(
                MeddledTopics.class.getClassLoader(),
                new Class<?>[] {Topics.class},
                (_, called, arguments) -> unwrapping(() -> called.getName().equals(method)
                        ? meddler.call(topics, called, arguments)
                        : called.invoke(topics, arguments)));
        return (BrokerSession) Proxy.newProxyInstance(
                MeddledTopics.class.getClassLoader(),
                new Class<?>[] {BrokerSession.class},
                (_, called, arguments) -> unwrapping(
                        () -> called.getName().equals("topics") ? meddled : called.invoke(session, arguments)));
    }

    interface Call {
        Object call() throws Exception;
    }

    static Object unwrapping(Call call) throws Throwable {
        try {
            return call.call();
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    /// One that is not shown any batches.
    static Recovery withoutBatches(Recovery recovery) {
        return new Recovery() {
            @Override
            public void restore(int machine, Bytes chunk) {
                recovery.restore(machine, chunk);
            }

            @Override
            public void replay(int machine, Bytes event) {
                recovery.replay(machine, event);
            }
        };
    }
}
