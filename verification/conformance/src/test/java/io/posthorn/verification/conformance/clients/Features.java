package io.posthorn.verification.conformance.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Return;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/// What Java users do beyond the tutorials: confirms, mandatory, heartbeats, get, nack and reject, cancel, delays.
///
/// Usage: `Features FEATURE QUEUE`; the broker is named by `AMQP_URL`. What happened is printed line by line.
public final class Features {
    private static final Map<String, Feature> FEATURES = Map.of(
            "confirms", Features::confirms,
            "mandatory", Features::mandatory,
            "heartbeats", Features::heartbeats,
            "get", Features::get,
            "reject", Features::reject,
            "cancel", Features::cancel,
            "delayed", Features::delayed);

    private Features() {}

    /// One of the things that users do.
    private interface Feature {
        void run(Channel channel, String queue) throws Exception;
    }

    public static void main(String[] args) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv("AMQP_URL"));
        factory.setRequestedHeartbeat(args[0].equals("heartbeats") ? 1 : 60);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            Objects.requireNonNull(FEATURES.get(args[0]), args[0]).run(channel, args[1]);
        }
    }

    private static void confirms(Channel channel, String queue) throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        channel.confirmSelect();
        for (int n = 0; n < 100; n++) {
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, bytes(Integer.toString(n)));
        }
        channel.waitForConfirmsOrDie(10_000);
        System.out.println("confirmed 100");
        System.out.println("ready " + channel.queueDeclarePassive(queue).getMessageCount());
    }

    private static void delayed(Channel channel, String queue) throws Exception {
        channel.queueDeclare(queue, true, false, false, null);
        channel.exchangeDeclare(queue, "x-delayed-message", true, false, Map.of("x-delayed-type", "direct"));
        channel.queueBind(queue, queue, queue);
        channel.confirmSelect();
        channel.basicPublish(queue, queue, delayedBy(900), bytes("later"));
        channel.basicPublish(queue, queue, delayedBy(300), bytes("soon"));
        channel.basicPublish(queue, queue, null, bytes("now"));
        channel.waitForConfirmsOrDie(10_000);
        System.out.println("confirmed");
        var last = new CountDownLatch(1);
        channel.basicConsume(
                queue,
                true,
                (tag, delivery) -> {
                    Map<String, Object> headers = delivery.getProperties().getHeaders();
                    String body = new String(delivery.getBody(), UTF_8);
                    Object delay = headers == null ? null : headers.get("x-delay");
                    System.out.println(body + " " + Objects.requireNonNullElse(delay, "undelayed"));
                    if (body.equals("later")) {
                        last.countDown();
                    }
                },
                tag -> {});
        last.await();
        channel.exchangeDelete(queue);
    }

    private static AMQP.BasicProperties delayedBy(int milliseconds) {
        return new AMQP.BasicProperties.Builder()
                .deliveryMode(2)
                .headers(Map.of("x-delay", milliseconds))
                .build();
    }

    private static void mandatory(Channel channel, String queue) throws Exception {
        CompletableFuture<Return> returned = new CompletableFuture<>();
        channel.addReturnListener(returned::complete);
        channel.basicPublish("", queue, true, null, bytes("nobody home"));
        Return message = returned.get();
        System.out.println("returned " + message.getReplyCode() + " " + message.getReplyText() + " "
                + new String(message.getBody(), UTF_8));
    }

    private static void heartbeats(Channel channel, String queue) throws Exception {
        channel.queueDeclare(queue, false, true, false, null);
        System.out.println("ready");
        Thread.sleep(3_500);
        channel.basicPublish("", queue, null, bytes("still here"));
        System.out.println(text(channel.basicGet(queue, true)));
    }

    private static void get(Channel channel, String queue) throws Exception {
        channel.queueDeclare(queue, false, false, false, null);
        printEmpty(channel, queue);
        channel.basicPublish("", queue, null, bytes("one"));
        channel.basicPublish("", queue, null, bytes("two"));
        for (int n = 0; n < 2; n++) {
            GetResponse message = channel.basicGet(queue, false);
            System.out.println(text(message) + " remaining " + message.getMessageCount());
            channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
        }
        printEmpty(channel, queue);
    }

    private static void printEmpty(Channel channel, String queue) throws Exception {
        System.out.println("empty " + (channel.basicGet(queue, false) == null ? "True" : "False"));
    }

    private static void reject(Channel channel, String queue) throws Exception {
        channel.queueDeclare(queue, false, false, false, null);
        for (String body : new String[] {"a", "b", "c"}) {
            channel.basicPublish("", queue, null, bytes(body));
        }
        channel.basicQos(1);
        CountDownLatch end = new CountDownLatch(1);
        channel.basicConsume(
                queue,
                false,
                (tag, delivery) -> {
                    Envelope envelope = delivery.getEnvelope();
                    String body = new String(delivery.getBody(), UTF_8);
                    System.out.println(body + (envelope.isRedeliver() ? " redelivered" : " first"));
                    if (body.equals("a") && !envelope.isRedeliver()) {
                        channel.basicNack(envelope.getDeliveryTag(), false, true);
                    } else if (body.equals("b") && !envelope.isRedeliver()) {
                        channel.basicReject(envelope.getDeliveryTag(), true);
                    } else if (body.equals("c")) {
                        channel.basicReject(envelope.getDeliveryTag(), false);
                        end.countDown();
                    } else {
                        channel.basicAck(envelope.getDeliveryTag(), false);
                    }
                },
                tag -> {});
        end.await();
        System.out.println("ready " + channel.queueDeclarePassive(queue).getMessageCount());
    }

    private static void cancel(Channel channel, String queue) throws Exception {
        channel.queueDeclare(queue, false, false, false, null);
        channel.basicCancel(channel.basicConsume(queue, false, (tag, delivery) -> {}, tag -> {}));
        System.out.println("cancelled by us");
        CountDownLatch told = new CountDownLatch(1);
        channel.basicConsume(queue, false, (tag, delivery) -> {}, tag -> told.countDown());
        try (Channel other = channel.getConnection().createChannel()) {
            other.queueDelete(queue);
        }
        told.await();
        System.out.println("cancelled by the broker");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(GetResponse message) {
        return new String(message.getBody(), UTF_8);
    }
}
