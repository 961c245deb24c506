package io.posthorn.verification.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;
import org.springframework.context.support.StaticApplicationContext;

/// What applications on Spring AMQP do: templates, listener containers of both kinds, declarations.
@Execution(ExecutionMode.CONCURRENT)
class SpringAmqpTest {
    private final CachingConnectionFactory connections = new CachingConnectionFactory(BrokerUnderTest.url());
    private final RabbitAdmin admin = new RabbitAdmin(connections);
    private final RabbitTemplate template = new RabbitTemplate(connections);
    private final List<AbstractMessageListenerContainer> containers = new ArrayList<>();
    private final String name = Amqp.name("spring");

    // Spring tells of every refusal, and here most are wanted.
    static {
        ((Logger) LoggerFactory.getLogger("org.springframework")).setLevel(Level.OFF);
    }

    /// The two kinds of listener containers: one has a thread for each consumer, the other uses those of the client.
    enum Kind {
        SIMPLE,
        DIRECT
    }

    @BeforeEach
    void confirm() {
        connections.setPublisherConfirmType(ConfirmType.CORRELATED);
        connections.setPublisherReturns(true);
        template.setMandatory(true);
        template.setReplyTimeout(Amqp.PATIENCE.toMillis());
    }

    @AfterEach
    void stop() {
        containers.forEach(AbstractMessageListenerContainer::stop);
        admin.deleteQueue(name);
        admin.deleteQueue(name + ".dead");
        admin.deleteExchange(name);
        connections.destroy();
    }

    private AbstractMessageListenerContainer container(Kind kind, MessageListener listener) {
        AbstractMessageListenerContainer container = switch (kind) {
            case SIMPLE -> {
                var simple = new SimpleMessageListenerContainer(connections);
                simple.setConcurrentConsumers(2);
                simple.setRecoveryInterval(200);
                yield simple;
            }
            case DIRECT -> {
                var direct = new DirectMessageListenerContainer(connections);
                direct.setConsumersPerQueue(2);
                direct.setRecoveryInterval(200);
                direct.setFailedDeclarationRetryInterval(200);
                direct.setMonitorInterval(200);
                yield direct;
            }
        };
        container.setQueueNames(name);
        container.setPrefetchCount(10);
        container.setAmqpAdmin(admin);
        container.setMessageListener(listener);
        container.setShutdownTimeout(1_000);
        containers.add(container);
        return container;
    }

    private static String text(Message message) {
        return Amqp.text(message.getBody());
    }

    private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(Amqp.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    @Test
    void aTemplateIsToldWhatWasConfirmedAndWhatCameBack() throws Exception {
        admin.declareQueue(new Queue(name));
        var there = new CorrelationData("there");
        var nowhere = new CorrelationData("nowhere");
        template.convertAndSend("", name, "hello", there);
        template.convertAndSend("", name + ".none", "hello", nowhere);

        assertThat(there.getFuture().get(20, TimeUnit.SECONDS).ack()).isTrue();
        assertThat(there.getReturned()).isNull();
        assertThat(nowhere.getFuture().get(20, TimeUnit.SECONDS).ack()).isTrue();
        assertThat(nowhere.getReturned()).isNotNull().satisfies(returned -> {
            assertThat(returned.getReplyCode()).isEqualTo(312);
            assertThat(returned.getReplyText()).isEqualTo("NO_ROUTE");
        });
        assertThat(template.receiveAndConvert(name, 20_000)).isEqualTo("hello");
    }

    @Test
    void aTemplateWaitsForItsConfirmsInOneScope() {
        admin.declareQueue(new Queue(name));
        var plain = new CachingConnectionFactory(BrokerUnderTest.url());
        plain.setPublisherConfirmType(ConfirmType.SIMPLE);
        try {
            Boolean confirmed = new RabbitTemplate(plain).invoke(operations -> {
                for (int n = 0; n < 100; n++) {
                    operations.convertAndSend("", name, "m" + n);
                }
                return operations.waitForConfirms(Amqp.PATIENCE.toMillis());
            });
            assertThat(confirmed).isTrue();
            assertThat(admin.getQueueInfo(name))
                    .isNotNull()
                    .satisfies(info -> assertThat(info.getMessageCount()).isEqualTo(100));
        } finally {
            plain.destroy();
        }
    }

    /// By `amq.rabbitmq.reply-to`, which Spring looks for before it uses a temporary queue.
    @ParameterizedTest
    @EnumSource
    void aTemplateAsksAndAListenerAnswers(Kind kind) {
        admin.declareQueue(new Queue(name));
        container(kind, new MessageListenerAdapter((UnaryOperator<String>) String::toUpperCase, "apply"))
                .start();

        assertThat(template.convertSendAndReceive("", name, "who")).isEqualTo("WHO");
        template.setUseDirectReplyToContainer(false);
        assertThat(template.convertSendAndReceive("", name, "what")).isEqualTo("WHAT");
        template.setUseTemporaryReplyQueues(true);
        assertThat(template.convertSendAndReceive("", name, "where")).isEqualTo("WHERE");
    }

    @ParameterizedTest
    @EnumSource
    void allMessagesComeToAListener(Kind kind) throws Exception {
        admin.declareQueue(new Queue(name));
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        container(kind, message -> got.add(text(message))).start();
        for (int n = 0; n < 100; n++) {
            template.convertAndSend("", name, "m" + n);
        }
        List<String> all = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
            all.add(next(got));
        }
        assertThat(all).doesNotHaveDuplicates();
        Amqp.eventually(() -> {
            var info = admin.getQueueInfo(name);
            return info != null && info.getMessageCount() == 0 && info.getConsumerCount() == 2;
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatAListenerRefusesIsADeadLetter(Kind kind) throws Exception {
        admin.declareQueue(new Queue(name + ".dead"));
        admin.declareQueue(QueueBuilder.durable(name)
                .deadLetterExchange("")
                .deadLetterRoutingKey(name + ".dead")
                .build());
        var container = container(kind, message -> {
            throw new IllegalStateException("not " + text(message));
        });
        container.setDefaultRequeueRejected(false);
        container.setErrorHandler(_ -> {
            throw new AmqpRejectAndDontRequeueException("as planned");
        });
        container.start();
        template.convertAndSend("", name, "this");

        Message dead = Objects.requireNonNull(template.receive(name + ".dead", 20_000));
        assertThat(text(dead)).isEqualTo("this");
        assertThat(dead.getMessageProperties().getXDeathHeader())
                .singleElement()
                .satisfies(death -> {
                    assertThat(death.get("reason")).isEqualTo("rejected");
                    assertThat(death.get("queue")).isEqualTo(name);
                    assertThat(death.get("count")).isEqualTo(1L);
                });
    }

    /// The usual loop: refused, waits in a second queue until it expires, and comes again.
    @ParameterizedTest
    @EnumSource
    void whatIsRefusedComesAgainLater(Kind kind) throws Exception {
        admin.declareQueue(QueueBuilder.durable(name)
                .deadLetterExchange("")
                .deadLetterRoutingKey(name + ".dead")
                .build());
        admin.declareQueue(QueueBuilder.durable(name + ".dead")
                .ttl(50)
                .deadLetterExchange("")
                .deadLetterRoutingKey(name)
                .build());
        BlockingQueue<Long> deaths = new LinkedBlockingQueue<>();
        var container = container(kind, message -> {
            List<Map<String, ?>> death = message.getMessageProperties().getXDeathHeader();
            long times = death == null
                    ? 0
                    : (Long) Objects.requireNonNull(death.getFirst().get("count"));
            deaths.add(times);
            if (times < 3) {
                throw new AmqpRejectAndDontRequeueException("try " + times);
            }
        });
        container.start();
        template.convertAndSend("", name, "again");

        assertThat(List.of(next(deaths), next(deaths), next(deaths), next(deaths)))
                .containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void aMissingQueueStopsAContainerThatNeedsIt() {
        var container = (SimpleMessageListenerContainer) container(Kind.SIMPLE, _ -> {});
        container.setMissingQueuesFatal(true);
        container.setDeclarationRetries(1);
        container.setFailedDeclarationRetryInterval(100);
        assertThatThrownBy(container::start).hasStackTraceContaining("no queue '" + name + "'");
        Amqp.eventually(() -> !container.isRunning());
    }

    @ParameterizedTest
    @EnumSource
    void aMissingQueueIsWaitedFor(Kind kind) throws Exception {
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        var container = container(kind, message -> got.add(text(message)));
        if (container instanceof SimpleMessageListenerContainer simple) {
            simple.setMissingQueuesFatal(false);
            simple.setDeclarationRetries(1);
            simple.setFailedDeclarationRetryInterval(100);
        }
        container.start();
        admin.declareQueue(new Queue(name));
        template.convertAndSend("", name, "at last");
        assertThat(next(got)).isEqualTo("at last");
    }

    /// The consumers are told by `basic.cancel`, and consume again what is declared again.
    @ParameterizedTest
    @EnumSource
    void aQueueDeletedAndDeclaredAgainIsListenedToAgain(Kind kind) throws Exception {
        admin.declareQueue(new Queue(name));
        BlockingQueue<String> got = new LinkedBlockingQueue<>();
        var container = container(kind, message -> got.add(text(message)));
        container.setMissingQueuesFatal(false);
        container.start();
        template.convertAndSend("", name, "before");
        assertThat(next(got)).isEqualTo("before");

        admin.deleteQueue(name);
        admin.declareQueue(new Queue(name));
        template.convertAndSend("", name, "after");
        assertThat(next(got)).isEqualTo("after");
    }

    @Test
    void anAdminDeclaresAndLooks() throws IOException {
        assertThat(admin.getQueueProperties(name)).isNull();
        Queue queue = QueueBuilder.durable(name).build();
        TopicExchange exchange = new TopicExchange(name);
        Binding binding = BindingBuilder.bind(queue).to(exchange).with("#.error");
        admin.declareExchange(exchange);
        admin.declareQueue(queue);
        admin.declareBinding(binding);
        template.convertAndSend(name, "disk.error", "full");
        assertThat(template.receiveAndConvert(name, 20_000)).isEqualTo("full");
        admin.removeBinding(binding);
        var correlation = new CorrelationData();
        template.convertAndSend(name, "disk.error", (Object) "full", correlation);
        Amqp.eventually(() -> correlation.getReturned() != null);
        assertThat(admin.getQueueProperties(name)).containsEntry(RabbitAdmin.QUEUE_MESSAGE_COUNT, 0L);
    }

    @Test
    void aQueueThatIsOtherwiseIsAMismatch() {
        admin.declareQueue(new Queue(name, true));
        assertThatThrownBy(() -> admin.declareQueue(new Queue(name, false)))
                .isInstanceOf(AmqpIOException.class)
                .hasStackTraceContaining("inequivalent arg 'durable'");
        assertThat(admin.getQueueInfo(name)).isNotNull();
    }

    @Test
    void aContainerRefusesAMismatchedQueueWhenItIsFatal() {
        try (var raw = new Amqp()) {
            raw.onChannel(channel -> channel.queueDeclare(name, false, false, false, Map.of()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        var container = container(Kind.SIMPLE, _ -> {});
        container.setMismatchedQueuesFatal(true);
        var context = new StaticApplicationContext();
        context.registerBean("queue", Queue.class, () -> new Queue(name, true));
        context.registerBean("admin", RabbitAdmin.class, () -> admin);
        context.refresh();
        admin.setApplicationContext(context);
        container.setApplicationContext(context);
        assertThatThrownBy(container::start).hasStackTraceContaining("inequivalent arg 'durable'");
        context.close();
    }
}
