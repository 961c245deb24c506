package io.posthorn.verification.conformance.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.requestreply.ReplyingKafkaTemplate;
import org.springframework.kafka.support.KafkaHeaders;
import org.springframework.kafka.transaction.KafkaTransactionManager;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.util.backoff.FixedBackOff;

/// What applications on Spring Kafka do: templates, listeners, retries and dead letters, transactions, replies.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
class SpringKafkaTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    // Spring tells of every listener that fails, and here they are to.
    static {
        ((Logger) LoggerFactory.getLogger("org.springframework")).setLevel(Level.OFF);
    }

    private final KafkaServer server = KafkaServer.inMemory();
    private final AnnotationConfigApplicationContext context = start(server);
    private final Listeners listeners = context.getBean(Listeners.class);

    private static AnnotationConfigApplicationContext start(KafkaServer server) {
        var context = new AnnotationConfigApplicationContext();
        context.registerBean(KafkaServer.class, () -> server, bean -> bean.setDestroyMethodName(""));
        context.register(Application.class);
        context.refresh();
        return context;
    }

    @AfterAll
    void close() {
        context.close();
        server.close();
    }

    @SuppressWarnings("unchecked")
    private KafkaTemplate<String, String> template(String name) {
        return context.getBean(name, KafkaTemplate.class);
    }

    @Test
    void listenersShareATopicThatTheApplicationDeclares() throws Exception {
        for (int i = 0; i < 40; i++) {
            template("template").send("orders", "k" + i, "order " + i).get(60, TimeUnit.SECONDS);
        }
        Set<String> values = ConcurrentHashMap.newKeySet();
        Set<Integer> partitions = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 40; i++) {
            ConsumerRecord<String, String> order = take(listeners.orders);
            values.add(order.value());
            partitions.add(order.partition());
        }
        assertThat(values).hasSize(40);
        assertThat(partitions).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void whatFailsIsTriedAgainAndThenADeadLetter() throws Exception {
        template("template").send("fragile", "key", "breaks").get(60, TimeUnit.SECONDS);
        template("template").send("fragile", "key", "holds").get(60, TimeUnit.SECONDS);

        ConsumerRecord<String, String> dead = take(listeners.dead);
        assertThat(dead.value()).isEqualTo("breaks");
        assertThat(dead.topic()).isEqualTo("fragile-dlt");
        assertThat(new String(
                        Objects.requireNonNull(dead.headers().lastHeader(KafkaHeaders.DLT_ORIGINAL_TOPIC))
                                .value(),
                        StandardCharsets.UTF_8))
                .isEqualTo("fragile");
        assertThat(List.of(take(listeners.fragile), take(listeners.fragile), take(listeners.fragile)))
                .containsExactly("breaks", "breaks", "breaks");
        assertThat(take(listeners.fragile)).isEqualTo("holds");
    }

    @Test
    void aTransactionIsReadWhenItIsCommittedOnly() throws Exception {
        KafkaTemplate<String, String> template = template("transactional");
        assertThatThrownBy(() -> template.executeInTransaction(operations -> {
                    var _ = operations.send("ledger", "rolled back");
                    throw new IllegalStateException("on purpose");
                }))
                .hasMessage("on purpose");
        template.executeInTransaction(operations -> {
            var _ = operations.send("ledger", "one");
            return operations.send("ledger", "two");
        });

        assertThat(take(listeners.ledger)).isEqualTo("one");
        assertThat(take(listeners.ledger)).isEqualTo("two");
    }

    /// The listener fails when it has sent its answer, once: that answer is rolled back with the offset.
    @Test
    void whatAListenerSendsIsThereOnceThoughItIsTriedAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            template("template").send("raw", "" + i).get(60, TimeUnit.SECONDS);
        }
        assertThat(List.of(take(listeners.cooked), take(listeners.cooked), take(listeners.cooked)))
                .containsExactly("cooked 0", "cooked 1", "cooked 2");
        assertThat(listeners.cookings).containsExactly("0", "1", "1", "2");
        assertThat(listeners.cooked).isEmpty();
    }

    @Test
    @SuppressWarnings("unchecked")
    void aRequestIsAnswered() throws Exception {
        ReplyingKafkaTemplate<String, String, String> template = context.getBean(ReplyingKafkaTemplate.class);
        template.waitForAssignment(PATIENCE);

        assertThat(template.sendAndReceive(new ProducerRecord<>("questions", "what"), PATIENCE)
                        .get(60, TimeUnit.SECONDS)
                        .value())
                .isEqualTo("the answer to what");
    }

    private static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        return Objects.requireNonNull(queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing has come");
    }

    /// What the listeners have heard.
    static class Listeners {
        private final BlockingQueue<ConsumerRecord<String, String>> orders = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> fragile = new LinkedBlockingQueue<>();
        private final BlockingQueue<ConsumerRecord<String, String>> dead = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> ledger = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> cookings = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> cooked = new LinkedBlockingQueue<>();
        private final KafkaTemplate<String, String> transactional;

        Listeners(KafkaTemplate<String, String> transactional) {
            this.transactional = transactional;
        }

        @KafkaListener(id = "orders", topics = "orders", concurrency = "2")
        void order(ConsumerRecord<String, String> order) {
            orders.add(order);
        }

        @KafkaListener(id = "fragile", topics = "fragile")
        void fragile(String value) {
            fragile.add(value);
            if (value.equals("breaks")) {
                throw new IllegalStateException("broken");
            }
        }

        @KafkaListener(id = "dead", topics = "fragile-dlt")
        void dead(ConsumerRecord<String, String> letter) {
            dead.add(letter);
        }

        @KafkaListener(id = "ledger", topics = "ledger")
        void ledger(String entry) {
            ledger.add(entry);
        }

        @KafkaListener(id = "kitchen", topics = "raw", containerFactory = "transactionalListeners")
        void cook(String raw) {
            cookings.add(raw);
            var _ = transactional.send("cooked", "cooked " + raw);
            if (raw.equals("1") && cookings.size() == 2) {
                throw new IllegalStateException("spilled");
            }
        }

        @KafkaListener(id = "cooked", topics = "cooked")
        void cooked(String value) {
            cooked.add(value);
        }

        @KafkaListener(id = "answers", topics = "questions")
        @SendTo
        String answer(String question) {
            return "the answer to " + question;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    static class Application {
        @Bean
        KafkaAdmin admin(KafkaServer server) {
            var admin = new KafkaAdmin(server.clientConfig());
            admin.setFatalIfBrokerNotAvailable(true);
            return admin;
        }

        @Bean
        KafkaAdmin.NewTopics topics() {
            return new KafkaAdmin.NewTopics(
                    TopicBuilder.name("orders").partitions(4).build(),
                    topic("fragile"),
                    topic("fragile-dlt"),
                    topic("ledger"),
                    topic("raw"),
                    topic("cooked"),
                    topic("questions"),
                    topic("answers"));
        }

        private static NewTopic topic(String name) {
            return TopicBuilder.name(name).partitions(1).replicas(1).build();
        }

        @Bean
        ConsumerFactory<String, String> consumers(KafkaServer server) {
            Map<String, Object> config = new HashMap<>(server.clientConfig());
            config.put("auto.offset.reset", "earliest");
            config.put("isolation.level", "read_committed");
            return new DefaultKafkaConsumerFactory<>(config, new StringDeserializer(), new StringDeserializer());
        }

        @Bean
        DefaultKafkaProducerFactory<String, String> producers(KafkaServer server) {
            return new DefaultKafkaProducerFactory<>(
                    server.clientConfig(), new StringSerializer(), new StringSerializer());
        }

        @Bean
        DefaultKafkaProducerFactory<String, String> transactionalProducers(KafkaServer server) {
            var factory = new DefaultKafkaProducerFactory<>(
                    server.clientConfig(), new StringSerializer(), new StringSerializer());
            factory.setTransactionIdPrefix("spring-");
            return factory;
        }

        @Bean
        KafkaTemplate<String, String> template(DefaultKafkaProducerFactory<String, String> producers) {
            return new KafkaTemplate<>(producers);
        }

        @Bean
        KafkaTemplate<String, String> transactional(ProducerFactory<String, String> transactionalProducers) {
            return new KafkaTemplate<>(transactionalProducers);
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory(
                ConsumerFactory<String, String> consumers, KafkaTemplate<String, String> template) {
            var factory = new ConcurrentKafkaListenerContainerFactory<String, String>();
            factory.setConsumerFactory(consumers);
            factory.setReplyTemplate(template);
            factory.setCommonErrorHandler(
                    new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(0, 2)));
            return factory;
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<String, String> transactionalListeners(
                ConsumerFactory<String, String> consumers, ProducerFactory<String, String> transactionalProducers) {
            var factory = new ConcurrentKafkaListenerContainerFactory<String, String>();
            factory.setConsumerFactory(consumers);
            factory.getContainerProperties()
                    .setKafkaAwareTransactionManager(new KafkaTransactionManager<>(transactionalProducers));
            return factory;
        }

        @Bean
        ReplyingKafkaTemplate<String, String, String> replying(
                DefaultKafkaProducerFactory<String, String> producers,
                ConcurrentKafkaListenerContainerFactory<String, String> kafkaListenerContainerFactory) {
            ConcurrentMessageListenerContainer<String, String> replies =
                    kafkaListenerContainerFactory.createContainer("answers");
            replies.getContainerProperties().setGroupId("askers");
            return new ReplyingKafkaTemplate<>(producers, replies);
        }

        @Bean
        Listeners listeners(KafkaTemplate<String, String> transactional) {
            return new Listeners(transactional);
        }
    }
}
