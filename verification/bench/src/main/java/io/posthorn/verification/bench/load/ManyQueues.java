package io.posthorn.verification.bench.load;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

/// Does one thing after the other to many durable queues, over several connections at once, each waiting for every
/// answer.
public final class ManyQueues implements AutoCloseable {
    private static final byte[] BODY = new byte[100];

    private final int queues;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Channel> channels = new ArrayList<>();
    private final ExecutorService threads;

    public ManyQueues(int port, int queues, int connections) throws IOException, TimeoutException {
        this.queues = queues;
        this.threads = Executors.newFixedThreadPool(connections);
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(port);
        factory.setAutomaticRecoveryEnabled(false);
        for (int i = 0; i < connections; i++) {
            var connection = factory.newConnection();
            this.connections.add(connection);
            var channel = connection.createChannel();
            channel.confirmSelect();
            channels.add(channel);
        }
    }

    /// What is done to each of the queues.
    public enum Work {
        DECLARE {
            @Override
            void on(Channel channel, String queue) throws IOException {
                channel.queueDeclare(queue, true, false, false, null);
            }
        },
        BIND {
            @Override
            void on(Channel channel, String queue) throws IOException {
                channel.queueBind(queue, "amq.topic", "key." + queue);
            }
        },
        PUBLISH {
            @Override
            void on(Channel channel, String queue) throws IOException {
                channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, BODY);
            }
        },
        GET {
            @Override
            void on(Channel channel, String queue) throws IOException {
                if (channel.basicGet(queue, true) == null) {
                    throw new IOException(queue + " is empty");
                }
            }
        },
        CONSUME {
            @Override
            void on(Channel channel, String queue) throws IOException {
                channel.basicConsume(queue, true, queue, new DefaultConsumer(channel));
            }
        },
        CANCEL {
            @Override
            void on(Channel channel, String queue) throws IOException {
                channel.basicCancel(queue);
            }
        },
        DELETE {
            @Override
            void on(Channel channel, String queue) throws IOException {
                channel.queueDelete(queue);
            }
        };

        abstract void on(Channel channel, String queue) throws IOException;
    }

    /// @return how many queues a second
    public double rateOf(Work work) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        List<Callable<Void>> shares = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            int first = i;
            shares.add(() -> share(work, first));
        }
        for (Future<Void> share : threads.invokeAll(shares)) {
            try {
                share.get();
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            }
        }
        return queues / ((System.nanoTime() - begin) / 1e9);
    }

    private Void share(Work work, int first) throws IOException, InterruptedException {
        var channel = channels.get(first);
        for (int i = first; i < queues; i += channels.size()) {
            work.on(channel, "many-" + i);
        }
        channel.waitForConfirms();
        return null;
    }

    @Override
    public void close() throws IOException {
        threads.shutdown();
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
