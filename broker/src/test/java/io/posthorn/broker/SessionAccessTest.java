package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.BrokerWorld.TestConsumer;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.UserSpec;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What each command of a session takes, whatever protocol it comes by.
final class SessionAccessTest {
    /// What is the session's own, or about what was asked for before.
    private static final Set<String> NEED_NOTHING = Set.of(
            "principal",
            "virtualHost",
            "beginChannel",
            "endChannel",
            "publisher", // each publish is asked for
            "transaction", // as there
            "topics", // each of its commands is asked for
            "replyAddress",
            "getter",
            "settle",
            "flush",
            "holds",
            "close",
            "whenGone"); // only about what it has closed itself

    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());

    /// @param permissions one letter each: each of them alone suffices if `any`, else all are needed
    private record Command(String permissions, boolean any, BiConsumer<BrokerSession, Answer<?>> run) {
        boolean takes(String granted) {
            return any
                    ? permissions.chars().anyMatch(one -> granted.indexOf(one) >= 0)
                    : permissions.chars().allMatch(one -> granted.indexOf(one) >= 0);
        }
    }

    @BeforeEach
    void resources() {
        var owner = world.connect(Principal.OWNER, "/");
        owner.declare("q");
        owner.session.declareExchange(
                new ExchangeSpec(
                        "x",
                        "x-delayed-message",
                        true,
                        false,
                        false,
                        new Arguments(Map.of("x-delayed-type", "fanout"))),
                new Answer<>());
        world.run();
        decide(new AdminChange.PutUser(new UserSpec("alice", null, Set.of("management"))));
    }

    @Test
    void eachCommandTakesItsPermissionsAndNoOthers() {
        for (String granted : List.of("", "c", "w", "r", "cw", "cr", "wr", "cwr")) {
            decide(new AdminChange.SetPermissions(
                    "alice", "/", new PermissionPatterns(all(granted, 'c'), all(granted, 'w'), all(granted, 'r'))));
            commands().forEach((name, command) -> {
                Client alice = world.connect(new Principal("alice", Set.of("management")), "/");
                var answer = new Answer<Object>();
                command.run().accept(alice.session, answer);
                world.run();
                assertThat(answer.failure() instanceof AccessRefused)
                        .as("%s with '%s': %s", name, granted, answer.failure())
                        .isEqualTo(!command.takes(granted));
                alice.session.close();
            });
        }
    }

    @Test
    void listsAreForWhoeverMayManage() {
        decide(new AdminChange.SetPermissions("alice", "/", PermissionPatterns.EVERYTHING));
        var answer = new Answer<List<QueueStatus>>();

        world.connect(new Principal("alice", Set.of("impersonator")), "/")
                .session
                .listQueues(answer);
        world.run();

        assertThat(answer.failure()).isInstanceOf(AccessRefused.class);
    }

    @Test
    void noCommandIsForgotten() {
        Set<String> known = commands().keySet();
        assertThat(Arrays.stream(BrokerSession.class.getMethods()).map(Method::getName))
                .allSatisfy(name -> assertThat(known.contains(name) || NEED_NOTHING.contains(name))
                        .as("what %s takes is tested, or known to be nothing", name)
                        .isTrue());
    }

    private static String all(String granted, char permission) {
        return granted.indexOf(permission) >= 0 ? ".*" : "";
    }

    @SuppressWarnings("unchecked") // each command answers what it answers; only failures are looked at
    private static Map<String, Command> commands() {
        var queue = new QueueSpec("q", true, false, false, Arguments.NONE);
        var exchange = new ExchangeSpec("fanout-x", "fanout", true, false, false, Arguments.NONE);
        var binding = new BindingSpec("amq.fanout", BindingSpec.Destination.QUEUE, "q", "", Arguments.NONE);
        var consumer = new ConsumerSpec("q", "tag", false, false, 0, Arguments.NONE);
        var commands = new LinkedHashMap<String, Command>();
        commands.put("declareQueue", all("c", (s, a) -> s.declareQueue(queue, (Reply<QueueStatus>) a)));
        commands.put("queueStatus", any("cwr", (s, a) -> s.queueStatus("q", (Reply<QueueStatus>) a)));
        commands.put("purgeQueue", all("r", (s, a) -> s.purgeQueue("q", (Reply<Long>) a)));
        commands.put("pauseQueue", all("c", (s, a) -> s.pauseQueue("q", "why", (Reply<Done>) a)));
        commands.put("resumeQueue", all("c", (s, a) -> s.resumeQueue("q", (Reply<Done>) a)));
        commands.put("declareExchange", all("c", (s, a) -> s.declareExchange(exchange, (Reply<Done>) a)));
        commands.put("checkExchange", any("cwr", (s, a) -> s.checkExchange("x", (Reply<Done>) a)));
        commands.put("deleteExchange", all("c", (s, a) -> s.deleteExchange("fanout-x", false, (Reply<Done>) a)));
        commands.put("bind", all("wr", (s, a) -> s.bind(binding, (Reply<Done>) a)));
        commands.put("unbind", all("wr", (s, a) -> s.unbind(binding, (Reply<Done>) a)));
        commands.put(
                "delayedMessages",
                all("r", (s, a) -> s.delayedMessages("x", null, 1, (Reply<List<DelayedMessage>>) a)));
        commands.put("cancelDelayed", all("w", (s, a) -> s.cancelDelayed("x", 1, (Reply<Boolean>) a)));
        commands.put(
                "consume", all("r", (s, a) -> s.consume(consumer, new TestConsumer(s), (Reply<ConsumerHandle>) a)));
        commands.put("get", all("r", (s, a) -> s.get("q", true, s.getter(), (Reply<Optional<Delivery>>) a)));
        commands.put("claim", all("r", (s, a) -> s.claim("q", List.of(), s.getter(), (Reply<List<Long>>) a)));
        commands.put("browse", all("r", (s, a) -> s.browse("q", MessageState.READY, 0, 1, (Reply<BrowsePage>) a)));
        commands.put("listQueues", all("", (s, a) -> s.listQueues((Reply<List<QueueStatus>>) a)));
        commands.put("deleteQueue", all("c", (s, a) -> s.deleteQueue("none", false, false, (Reply<Long>) a)));
        return commands;
    }

    private static Command all(String permissions, BiConsumer<BrokerSession, Answer<?>> run) {
        return new Command(permissions, false, run);
    }

    private static Command any(String permissions, BiConsumer<BrokerSession, Answer<?>> run) {
        return new Command(permissions, true, run);
    }

    private void decide(AdminChange change) {
        var answer = new Answer<Done>();
        world.broker.administration().apply(new Actor(Principal.OWNER, "test"), List.of(change), answer);
        world.run();
        assertThat(answer.get()).isEqualTo(Done.DONE);
    }
}
