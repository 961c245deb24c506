package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.DeclareQueue;
import io.posthorn.broker.admin.AdminChange.DeleteUser;
import io.posthorn.broker.admin.AdminChange.DeleteVirtualHost;
import io.posthorn.broker.admin.AdminChange.PutUser;
import io.posthorn.broker.admin.AdminChange.PutVirtualHost;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.log.JournaledStorage;
import io.posthorn.log.MemoryMetaStore;
import io.posthorn.log.MemorySegmentStore;
import io.posthorn.log.StorageOptions;
import io.posthorn.log.StorageThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// A running broker does what operators decide.
class AdministrationTest {
    private static final Actor OPERATOR = new Actor(new Principal("guest", Set.of("administrator")), "a test");
    private static final QueueSpec QUEUE = new QueueSpec("q", true, false, false, Arguments.NONE);

    private final FakeStorage storage = new FakeStorage().syncsAtOnce();
    private final BrokerWorld world = new BrokerWorld(storage);

    private static Answer<Done> apply(BrokerWorld world, AdminChange... changes) {
        var answer = new Answer<Done>();
        world.broker.administration().apply(OPERATOR, List.of(changes), answer);
        world.run();
        return answer;
    }

    private void makeShop(BrokerWorld world) {
        apply(
                        world,
                        new PutVirtualHost(VirtualHostSpec.named("shop")),
                        new PutUser(new UserSpec("ann", null, Set.of())),
                        new SetPermissions("ann", "shop", PermissionPatterns.EVERYTHING),
                        new SetPermissions("guest", "shop", PermissionPatterns.EVERYTHING),
                        new DeclareQueue("shop", QUEUE))
                .get();
    }

    @Test
    void sessionsOpenInAVirtualHostThatIsMadeWhileTheBrokerRuns() {
        assertThatThrownBy(() -> world.connect("guest", "shop"))
                .isInstanceOf(BrokerException.VirtualHostNotFound.class);
        makeShop(world);
        Client client = world.connect("ann", "shop");
        client.publish("", "q", "one", 1);
        client.session.flush();
        world.run();
        assertThat(client.accepted).containsExactly(1L);
        var got = client.get("q");
        world.run();
        assertThat(got.get().orElseThrow().message().body().toUtf8()).isEqualTo("one");
    }

    @Test
    void whatWasDecidedIsThereAfterACrash() {
        makeShop(world);
        Client client = world.connect("ann", "shop");
        client.publish("", "q", "one", 1);
        client.session.flush();
        world.run();
        var after = new BrokerWorld(storage.crash().syncsAtOnce());
        assertThat(after.broker.administration().current().users().keySet()).containsExactly("ann", "guest");
        var got = after.connect("ann", "shop").get("q");
        after.run();
        assertThat(got.get().orElseThrow().message().body().toUtf8()).isEqualTo("one");
    }

    @Test
    void aDeletedVirtualHostEndsItsSessionsAndGivesUpItsLogs() {
        makeShop(world);
        Client inside = world.connect("ann", "shop");
        Client elsewhere = world.connect("guest", "/");
        inside.publish("", "q", "one", 1);
        inside.session.flush();
        var consumer = inside.consume("q", 0);
        world.run();
        assertThat(consumer.bodies()).containsExactly("one");

        apply(world, new DeleteVirtualHost("shop")).get();

        assertThat(inside.ended)
                .isInstanceOf(BrokerException.EndedByOperator.class)
                .hasMessage("vhost 'shop' is deleted");
        assertThat(elsewhere.ended).isNull();
        assertThat(storage.logs()).isEmpty();
        assertThatThrownBy(() -> world.connect("ann", "shop")).isInstanceOf(BrokerException.VirtualHostNotFound.class);
        assertThat(new BrokerWorld(storage.crash())
                        .broker
                        .administration()
                        .current()
                        .virtualHosts()
                        .keySet())
                .containsExactly("/");
    }

    @Test
    void whatAnEndingSessionStillAsksForIsRefused() {
        makeShop(world);
        Client inside = world.connect(OPERATOR.principal(), "shop");
        world.run();
        var deleted = new Answer<Done>();
        world.broker.administration().apply(OPERATOR, List.of(new DeleteVirtualHost("shop")), deleted);
        var asked = List.of(inside.declare("r"), inside.declare("q"));
        assertThat(asked)
                .allSatisfy(
                        answer -> assertThat(answer.failure()).isInstanceOf(BrokerException.VirtualHostNotFound.class));
        var listed = new Answer<List<QueueStatus>>();
        inside.session.listQueues(listed);
        assertThatThrownBy(() -> inside.publish("", "q", "too late", 7))
                .isInstanceOf(BrokerException.VirtualHostNotFound.class);
        world.run();
        assertThat(listed.failure()).isInstanceOf(BrokerException.VirtualHostNotFound.class);
        assertThat(deleted.get()).isEqualTo(Done.DONE);
    }

    @Test
    void aVirtualHostMadeAgainHasNothingOfTheOneBefore() {
        makeShop(world);
        Client before = world.connect("ann", "shop");
        before.publish("", "q", "one", 1);
        before.session.flush();
        world.run();
        apply(world, new DeleteVirtualHost("shop"), new PutVirtualHost(VirtualHostSpec.named("shop")))
                .get();
        apply(world, new SetPermissions("guest", "shop", PermissionPatterns.EVERYTHING))
                .get();
        assertThat(before.ended).isNotNull();
        Client after = world.connect("guest", "shop");
        after.declare("q");
        world.run();
        assertThat(after.status("q").ready()).isZero();
    }

    @Test
    void theSessionsOfADeletedUserEnd() {
        makeShop(world);
        Client ann = world.connect("ann", "shop");
        Client guest = world.connect("guest", "shop");
        apply(world, new DeleteUser("ann")).get();
        assertThat(ann.ended)
                .isInstanceOf(BrokerException.EndedByOperator.class)
                .hasMessage("user 'ann' is deleted");
        assertThat(guest.ended).isNull();
    }

    @Test
    void aDeletedGuestStaysDeletedAndCannotLogIn() {
        apply(world, new DeleteUser("guest")).get();
        assertThat(world.logIn("guest", "guest")).isEmpty();
        assertThat(new BrokerWorld(storage.crash()).logIn("guest", "guest")).isEmpty();
    }

    @Test
    void guestLogsInAfterARestartToo() {
        world.run();
        for (var each : List.of(world, new BrokerWorld(storage.crash()))) {
            assertThat(each.logIn("guest", "guest")).contains(OPERATOR.principal());
        }
    }

    @Test
    void anImportIsWholeOrAbsentWhereverTheBrokerCrashes() {
        for (int synced = 0; synced <= 1; synced++) {
            var disk = new FakeStorage();
            var before = new BrokerWorld(disk);
            before.syncAndRun();
            var answer = new Answer<Done>();
            var changes = new ArrayList<AdminChange>();
            changes.add(new PutVirtualHost(VirtualHostSpec.named("shop")));
            for (int i = 0; i < 100; i++) {
                changes.add(new DeclareQueue("shop", new QueueSpec("q" + i, true, false, false, Arguments.NONE)));
                changes.add(new PutUser(new UserSpec("u" + i, null, Set.of())));
            }
            before.broker.administration().apply(OPERATOR, changes, answer);
            before.run();
            assertThat(answer.isThere()).isFalse();
            if (synced == 1) {
                before.syncAndRun();
                assertThat(answer.get()).isEqualTo(Done.DONE);
            }
            var after = new BrokerWorld(disk.crash()).broker.administration().current();
            assertThat(after.queueCount()).isEqualTo(100 * synced);
            assertThat(after.users()).hasSize(1 + 100 * synced);
            assertThat(after.hasVirtualHost("shop")).isEqualTo(synced == 1);
        }
    }

    @Test
    void decisionsOutliveTheJournalSegmentsThatTheyWereWrittenIn() {
        var segments = new MemorySegmentStore();
        var facts = new MemoryMetaStore();
        var small = StorageOptions.inMemory().withJournalCapacity(64 * 1024).withTailBudget(0);
        var before = new BrokerWorld(
                recovery -> JournaledStorage.open(segments, facts, small, StorageThreads.direct(), recovery));
        makeShop(before);
        for (int i = 0; i < 1_000; i++) {
            apply(before, new PutUser(new UserSpec("user " + i, null, Set.of("tag"))));
            apply(before, new SetPermissions("user " + i, "shop", new PermissionPatterns("^" + i, "", "")));
            if (i % 2 == 0) {
                apply(before, new DeleteUser("user " + i)).get();
            }
        }
        var after = new BrokerWorld(
                recovery -> JournaledStorage.open(segments, facts, small, StorageThreads.direct(), recovery));
        var now = before.broker.administration().current();
        var then = after.broker.administration().current();
        assertThat(then.users()).hasSize(502).isEqualTo(now.users());
        assertThat(then.rights().permissions()).isEqualTo(now.rights().permissions());
    }
}
