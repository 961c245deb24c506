package io.posthorn.verification.conformance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.MessageProperties;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/// The six RabbitMQ tutorials as a Java user writes them.
///
/// Usage: `Tutorials ROLE ARGUMENT...`; the broker is named by `AMQP_URL`. A receiver prints `ready` once it consumes.
public final class Tutorials {
    private Tutorials() {}

    public static void main(String[] command) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv("AMQP_URL"));
        List<String> args = List.of(command).subList(1, command.length);
        String name = args.getFirst();
        List<String> rest = args.subList(1, args.size());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            switch (command[0]) {
                case "send" -> send(channel, name, rest);
                case "receive" -> receive(channel, name, rest);
                case "new_task" -> newTask(channel, name, rest);
                case "worker" -> worker(channel, name, rest);
                case "emit_log" -> emitLog(channel, name, rest);
                case "receive_logs" -> receiveLogs(channel, name, rest);
                case "emit_log_direct" -> emitLogTo(channel, BuiltinExchangeType.DIRECT, name, rest);
                case "receive_logs_direct" -> receiveLogsFrom(channel, BuiltinExchangeType.DIRECT, name, rest);
                case "emit_log_topic" -> emitLogTo(channel, BuiltinExchangeType.TOPIC, name, rest);
                case "receive_logs_topic" -> receiveLogsFrom(channel, BuiltinExchangeType.TOPIC, name, rest);
                case "rpc_server" -> rpcServer(channel, name, rest);
                case "rpc_client" -> rpcClient(channel, name, rest);
                default -> throw new IllegalArgumentException(command[0]);
            }
        }
    }

    private static void consume(
            Channel channel, String queue, List<String> args, boolean autoAck, Function<Delivery, String> show)
            throws Exception {
        CountDownLatch remaining = new CountDownLatch(Integer.parseInt(args.getFirst()));
        channel.basicConsume(
                queue,
                autoAck,
                (tag, delivery) -> {
                    if (remaining.getCount() == 0) {
                        return; // not acked: it goes back to the queue when the connection closes
                    }
                    System.out.println(show.apply(delivery));
                    if (!autoAck) {
                        channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
                    }
                    remaining.countDown();
                },
                tag -> {});
        System.out.println("ready");
        remaining.await();
    }

    private static String body(Delivery delivery) {
        return new String(delivery.getBody(), UTF_8);
    }

    // 1. Hello World

    private static void send(Channel channel, String queue, List<String> bodies) throws Exception {
        channel.queueDeclare(queue, false, false, false, null);
        for (String body : bodies) {
            channel.basicPublish("", queue, null, body.getBytes(UTF_8));
            System.out.println("sent " + body);
        }
    }

    private static void receive(Channel channel, String queue, List<String> args) throws Exception {
        channel.queueDeclare(queue, false, false, false, null);
        consume(channel, queue, args, true, Tutorials::body);
    }

    // 2. Work queues

    private static void newTask(Channel channel, String queue, List<String> bodies) throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        for (String body : bodies) {
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, body.getBytes(UTF_8));
            System.out.println("sent " + body);
        }
    }

    private static void worker(Channel channel, String queue, List<String> args) throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        channel.basicQos(1);
        consume(channel, queue, args, false, Tutorials::body);
    }

    // 3. Publish/subscribe

    private static void emitLog(Channel channel, String exchange, List<String> bodies) throws Exception {
        channel.exchangeDeclare(exchange, BuiltinExchangeType.FANOUT);
        for (String body : bodies) {
            channel.basicPublish(exchange, "", null, body.getBytes(UTF_8));
            System.out.println("sent " + body);
        }
    }

    private static void receiveLogs(Channel channel, String exchange, List<String> args) throws Exception {
        channel.exchangeDeclare(exchange, BuiltinExchangeType.FANOUT);
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, exchange, "");
        consume(channel, queue, args, true, Tutorials::body);
    }

    // 4. Routing and 5. Topics: the same programs over another type of exchange

    private static void emitLogTo(Channel channel, BuiltinExchangeType type, String exchange, List<String> keys)
            throws Exception {
        channel.exchangeDeclare(exchange, type);
        for (String key : keys) {
            channel.basicPublish(exchange, key, null, ("about " + key).getBytes(UTF_8));
            System.out.println("sent " + key);
        }
    }

    private static void receiveLogsFrom(Channel channel, BuiltinExchangeType type, String exchange, List<String> args)
            throws Exception {
        channel.exchangeDeclare(exchange, type);
        String queue = channel.queueDeclare().getQueue();
        for (String key : args.subList(1, args.size())) {
            channel.queueBind(queue, exchange, key);
        }
        consume(channel, queue, args, true, delivery -> delivery.getEnvelope().getRoutingKey() + ": " + body(delivery));
    }

    // 6. RPC

    private static void rpcServer(Channel channel, String queue, List<String> args) throws Exception {
        channel.queueDeclare(queue, false, false, false, null);
        channel.basicQos(1);
        CountDownLatch remaining = new CountDownLatch(Integer.parseInt(args.getFirst()));
        channel.basicConsume(
                queue,
                false,
                (tag, request) -> {
                    AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                            .correlationId(request.getProperties().getCorrelationId())
                            .build();
                    String answer = Integer.toString(fib(Integer.parseInt(body(request))));
                    channel.basicPublish("", request.getProperties().getReplyTo(), properties, answer.getBytes(UTF_8));
                    channel.basicAck(request.getEnvelope().getDeliveryTag(), false);
                    remaining.countDown();
                },
                tag -> {});
        System.out.println("ready");
        remaining.await();
    }

    private static int fib(int n) {
        return n < 2 ? n : fib(n - 1) + fib(n - 2);
    }

    private static void rpcClient(Channel channel, String queue, List<String> numbers) throws Exception {
        String callbackQueue = channel.queueDeclare().getQueue();
        BlockingQueue<Delivery> answers = new ArrayBlockingQueue<>(1);
        channel.basicConsume(callbackQueue, true, (tag, answer) -> answers.add(answer), tag -> {});
        for (String n : numbers) {
            String correlationId = UUID.randomUUID().toString();
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .correlationId(correlationId)
                    .replyTo(callbackQueue)
                    .build();
            channel.basicPublish("", queue, properties, n.getBytes(UTF_8));
            Delivery answer = answers.take();
            if (!correlationId.equals(answer.getProperties().getCorrelationId())) {
                throw new IllegalStateException("an answer to another request");
            }
            System.out.println("fib(" + n + ") = " + body(answer));
        }
    }
}
