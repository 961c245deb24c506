package io.posthorn.protocol.kafka.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Done;
import io.posthorn.broker.Principal;
import io.posthorn.broker.Reply;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.protocol.kafka.Cluster;
import io.posthorn.protocol.kafka.KafkaSettings;
import io.posthorn.protocol.kafka.KafkaWorld;
import io.posthorn.protocol.kafka.Loggers;
import io.posthorn.protocol.kafka.Surroundings;
import io.posthorn.protocol.kafka.config.KeptBrokerConfigs;
import io.posthorn.protocol.kafka.coordinator.CoordinatorSession;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class TransactionCoordinationTest {
    private static final TransactionRequest.InitProducer INIT =
            new TransactionRequest.InitProducer(Duration.ofMinutes(1), null);

    private static final String HOST = KafkaSettings.DEFAULTS.virtualHost();

    @AutoClose
    private final KafkaWorld world = new KafkaWorld();

    /// Nobody who only asks makes anything in the next one.
    @Test
    void whereItsVirtualHostIsGoneItIsAsIfItHadNeverBeenAskedFor() {
        try (TransactionCoordination coordination = coordination()) {
            apply(new AdminChange.DeleteVirtualHost(HOST));
            assertThat(init(coordination)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);

            apply(new AdminChange.PutVirtualHost(VirtualHostSpec.named(HOST)));
            assertThat(coordination.all().toCompletableFuture().join()).isEmpty();
            assertThat(isThere()).isFalse();

            assertThat(init(coordination)).isEqualTo(Errors.NONE);
            assertThat(isThere()).isTrue();
        }
    }

    @Test
    void whereItsVirtualHostIsStillToComeNothingIsGoneOnWith() {
        apply(new AdminChange.DeleteVirtualHost(HOST));
        try (TransactionCoordination coordination = coordination()) {
            coordination.resume();
            apply(new AdminChange.PutVirtualHost(VirtualHostSpec.named(HOST)));
            assertThat(init(coordination)).isEqualTo(Errors.NONE);
        }
    }

    /// Who has an id of before may be about still, and write into a topic of the same name.
    @Test
    void noProducerIdIsGivenOutAgainAfterItsVirtualHostAndARestart() {
        long before;
        try (TransactionCoordination coordination = coordination()) {
            before = newId(coordination);
            apply(new AdminChange.DeleteVirtualHost(HOST));
            apply(new AdminChange.PutVirtualHost(VirtualHostSpec.named(HOST)));
        }
        try (TransactionCoordination coordination = coordination()) {
            assertThat(newId(coordination)).isGreaterThan(before);
        }
    }

    private static long newId(TransactionCoordination coordination) {
        return coordination
                .newProducer()
                .toCompletableFuture()
                .join()
                .producer()
                .id();
    }

    private TransactionCoordination coordination() {
        var around = new Surroundings(
                world.broker(),
                KafkaSettings.DEFAULTS,
                new Cluster("an id"),
                Loggers.NONE,
                task -> Thread.ofVirtual().start(task),
                InstantSource.system());
        return new TransactionCoordination(
                around,
                (_, _, _, _, _, _) -> CompletableFuture.completedStage(true),
                new KeptBrokerConfigs(world.broker(), KafkaSettings.DEFAULTS));
    }

    private static Errors init(TransactionCoordination coordination) {
        return coordination.ask("writer", INIT).toCompletableFuture().join().error();
    }

    private boolean isThere() {
        try (var session = new CoordinatorSession(world.broker(), HOST, "a test")) {
            return new StateTopic(session, InstantSource.system()).exists();
        }
    }

    private void apply(AdminChange change) {
        var done = new CompletableFuture<Done>();
        world.broker().administration().apply(new Actor(Principal.OWNER, "test"), List.of(change), Reply.to(done));
        done.join();
    }
}
