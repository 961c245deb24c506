package io.posthorn.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.BrokerException.AccessRefused;
import io.posthorn.broker.BrokerWorld.Client;
import io.posthorn.broker.admin.Actor;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AccessTest {
    private static final Actor OWNER = new Actor(Principal.OWNER, "test");

    private final BrokerWorld world = new BrokerWorld(new FakeStorage().syncsAtOnce());

    @BeforeEach
    void alice() {
        decide(new AdminChange.PutUser(new UserSpec("alice", null, Set.of())));
    }

    @Test
    void whoHasNoPermissionsInAVirtualHostCannotOpenIt() {
        assertThatThrownBy(() -> world.connect("alice", "/"))
                .isInstanceOf(AccessRefused.class)
                .hasMessage("access to vhost '/' refused for user 'alice'");

        allow("", "", "");

        assertThatCode(() -> world.connect("alice", "/")).doesNotThrowAnyException();
    }

    @Test
    void declaringTakesTheNameThatTheQueueGets() {
        allow("^amq\\.gen-", "", "");
        var alice = world.connect("alice", "/");

        assertThat(alice.declare("").get().name()).startsWith("amq.gen-");
        assertThat(alice.declare("q").failure())
                .isInstanceOf(AccessRefused.class)
                .hasMessage("configure access to queue 'q' in vhost '/' refused for user 'alice'");
    }

    @Test
    void aQueueThatGivesUpMessagesTakesWhatThatNeeds() {
        allow(".*", "^dead$", "^q$");
        var alice = world.connect("alice", "/");

        assertThat(alice.declare("q", Map.of("x-dead-letter-exchange", "dead"))
                        .get()
                        .name())
                .isEqualTo("q");
        assertThat(alice.declare("p", Map.of("x-dead-letter-exchange", "dead")).failure())
                .hasMessage("read access to queue 'p' in vhost '/' refused for user 'alice'");
        decide(new AdminChange.SetPermissions("alice", "/", new PermissionPatterns(".*", "^x$", ".*")));
        assertThat(alice.declare("p", Map.of("x-dead-letter-exchange", "dead")).failure())
                .hasMessage("write access to exchange 'dead' in vhost '/' refused for user 'alice'");
        // What is there already gives its messages to nobody new.
        assertThat(alice.declare("q", Map.of("x-dead-letter-exchange", "dead"))
                        .get()
                        .name())
                .isEqualTo("q");
    }

    @Test
    void aRightThatIsTakenAwayIsGoneForTheNextMessage() {
        allow(".*", ".*", ".*");
        var alice = world.connect("alice", "/");
        alice.declare("q");
        assertThat(alice.publish("", "q", "one", 1)).isEqualTo(1);

        allow(".*", "^x$", ".*");

        assertThatThrownBy(() -> alice.publish("", "q", "two", 2))
                .isInstanceOf(AccessRefused.class)
                .hasMessage("write access to exchange 'amq.default' in vhost '/' refused for user 'alice'");
        decide(new AdminChange.ClearPermissions("alice", "/"));
        assertThat(alice.declare("q").failure()).isInstanceOf(AccessRefused.class);
    }

    @Test
    void topicsAreAskedForByEachKey() {
        allow(".*", ".*", ".*");
        decide(new AdminChange.SetTopicPermissions(
                "alice", "/", "amq.topic", new TopicPatterns("^{username}\\.", "^{vhost}\\.")));
        var alice = world.connect("alice", "/");
        alice.declare("q");

        assertThat(alice.publish("amq.topic", "alice.x", "one", 1)).isZero();
        assertThatThrownBy(() -> alice.publish("amq.topic", "bob.x", "one", 1))
                .hasMessage("write access to topic 'bob.x' in exchange exchange 'amq.topic' in vhost '/' refused for"
                        + " user 'alice'");
        assertThat(bind(alice, "amq.topic", "q", "/.x").get()).isEqualTo(Done.DONE);
        assertThat(bind(alice, "amq.topic", "q", "#").failure())
                .hasMessage("read access to topic '#' in exchange exchange 'amq.topic' in vhost '/' refused for"
                        + " user 'alice'");
        assertThat(alice.publish("amq.direct", "bob.x", "one", 1)).isZero();
    }

    @Test
    void aNameIsNoExpression() {
        decide(new AdminChange.PutUser(new UserSpec(".*{vhost}\\E.*", null, Set.of())));
        decide(new AdminChange.SetPermissions(".*{vhost}\\E.*", "/", PermissionPatterns.EVERYTHING));
        decide(new AdminChange.SetTopicPermissions(
                ".*{vhost}\\E.*", "/", "amq.topic", new TopicPatterns("^{username}$", "")));
        var odd = world.connect(".*{vhost}\\E.*", "/");

        assertThat(odd.publish("amq.topic", ".*{vhost}\\E.*", "one", 1)).isZero();
        assertThatThrownBy(() -> odd.publish("amq.topic", "x", "one", 1)).isInstanceOf(AccessRefused.class);
    }

    @Test
    void lineBreaksDoNotGetANamePastItsCheck() {
        allow("^(?!secret$).*", "^(?!secret$).*", "^(?!secret$).*");
        world.connect().declare("secret");
        var alice = world.connect("alice", "/");
        alice.declare("q");

        assertThat(alice.declare("sec\nret").failure()).isInstanceOf(AccessRefused.class);
        assertThat(bind(alice, "amq.fanout", "sec\r\nret", "").failure()).isInstanceOf(AccessRefused.class);
        var deleted = new Answer<Done>();
        decide(new AdminChange.SetPermissions("alice", "/", new PermissionPatterns("^(?!amq.fanout$)", "", "")));
        alice.session.deleteExchange("amq.fan\nout", false, deleted);
        world.run();
        assertThat(deleted.failure()).isInstanceOf(AccessRefused.class);
    }

    @Test
    void theOwnerOfTheProcessMayDoEverythingAndAUserOfThisNameNothing() {
        var owner = world.connect(Principal.OWNER, "/");

        assertThat(owner.declare("q").get().name()).isEqualTo("q");
        assertThatThrownBy(() -> world.connect(Principal.OWNER.user(), "/")).isInstanceOf(AccessRefused.class);
    }

    @Test
    void operatorsNeedTheTagForWhatTheyChange() {
        for (AdminChange change : changes()) {
            for (String tag : List.of("none", "management", "monitoring", "policymaker", "impersonator")) {
                boolean isPolicymakers = tag.equals("policymaker") && isForPolicymakers(change);
                assertThat(mayChange(tag, change)).as("%s: %s", tag, change).isEqualTo(isPolicymakers);
            }
            assertThat(mayChange("administrator", change)).as("%s", change).isTrue();
        }
    }

    private static boolean isForPolicymakers(AdminChange change) {
        return switch (change) {
            case AdminChange.PutPolicy(Policy policy) ->
                policy.kind() == Policy.Kind.USER && policy.virtualHost().equals("/");
            case AdminChange.DeletePolicy(Policy.Kind kind, String host, String _) ->
                kind == Policy.Kind.USER && host.equals("/");
            case AdminChange.PutParameter(Parameter parameter) ->
                "/".equals(parameter.virtualHost()) && parameter.component().equals("shovel");
            case AdminChange.DeleteParameter(String host, String component, String _) ->
                "/".equals(host) && component.equals("shovel");
            default -> false;
        };
    }

    /// Every kind of change there is, some more than once. Of the host `other` alice knows nothing.
    private static List<AdminChange> changes() {
        return List.of(
                new AdminChange.PutVirtualHost(VirtualHostSpec.named("new")),
                new AdminChange.DeleteVirtualHost("/"),
                new AdminChange.PutUser(new UserSpec("alice", null, Set.of("administrator"))),
                new AdminChange.DeleteUser("guest"),
                new AdminChange.SetPermissions("alice", "other", PermissionPatterns.EVERYTHING),
                new AdminChange.ClearPermissions("guest", "/"),
                new AdminChange.SetTopicPermissions("alice", "/", "amq.topic", new TopicPatterns("", "")),
                new AdminChange.ClearTopicPermissions("alice", "/", null),
                new AdminChange.PutPolicy(policy(Policy.Kind.USER, "/")),
                new AdminChange.PutPolicy(policy(Policy.Kind.USER, "other")),
                new AdminChange.PutPolicy(policy(Policy.Kind.OPERATOR, "/")),
                new AdminChange.DeletePolicy(Policy.Kind.USER, "/", "p"),
                new AdminChange.DeletePolicy(Policy.Kind.USER, "other", "p"),
                new AdminChange.DeletePolicy(Policy.Kind.OPERATOR, "/", "p"),
                new AdminChange.PutParameter(new Parameter("/", "shovel", "s", "{}")),
                new AdminChange.PutParameter(new Parameter("other", "shovel", "s", "{}")),
                new AdminChange.PutParameter(new Parameter(null, "", "s", "{}")),
                new AdminChange.PutParameter(new Parameter("/", "kafka-brokers", "log.retention.ms", "1")),
                new AdminChange.PutParameter(new Parameter("/", "kafka-broker", "log.retention.ms", "1")),
                new AdminChange.DeleteParameter("/", "shovel", "s"),
                new AdminChange.DeleteParameter("other", "shovel", "s"),
                new AdminChange.DeleteParameter(null, "", "s"),
                new AdminChange.DeleteParameter("/", "kafka-brokers", "log.retention.ms"),
                new AdminChange.DeleteParameter("/", "kafka-broker", "log.retention.ms"),
                new AdminChange.SetVirtualHostLimit("/", "max-queues", 1),
                new AdminChange.ClearVirtualHostLimit("/", "max-queues"),
                new AdminChange.SetUserLimit("alice", "max-channels", 1),
                new AdminChange.ClearUserLimit("alice", "max-channels"),
                new AdminChange.DeclareExchange(
                        "/", new ExchangeSpec("x", "direct", true, false, false, Arguments.NONE)),
                new AdminChange.DeclareQueue("/", new QueueSpec("q", true, false, false, Arguments.NONE)),
                new AdminChange.Bind(
                        "/", new BindingSpec("x", BindingSpec.Destination.QUEUE, "q", "", Arguments.NONE)));
    }

    private static Policy policy(Policy.Kind kind, String virtualHost) {
        return new Policy(kind, virtualHost, "p", ".*", Policy.ApplyTo.ALL, 0, Arguments.NONE);
    }

    @Test
    void noKindOfChangeIsForgotten() {
        assertThat(changes()).extracting(change -> (Object) change.getClass()).contains((Object[])
                AdminChange.class.getPermittedSubclasses());
    }

    private Answer<Done> bind(Client client, String exchange, String queue, String key) {
        var answer = new Answer<Done>();
        client.session.bind(
                new BindingSpec(exchange, BindingSpec.Destination.QUEUE, queue, key, Arguments.NONE), answer);
        world.run();
        return answer;
    }

    private boolean mayChange(String tag, AdminChange change) {
        allow(".*", ".*", ".*");
        try {
            world.broker.access().checkAdministration(new Actor(new Principal("alice", Set.of(tag)), "test"), change);
            return true;
        } catch (AccessRefused refused) {
            return false;
        }
    }

    private void allow(String configure, String write, String read) {
        decide(new AdminChange.SetPermissions("alice", "/", new PermissionPatterns(configure, write, read)));
    }

    private void decide(AdminChange change) {
        var answer = new Answer<Done>();
        world.broker.administration().apply(OWNER, List.of(change), answer);
        world.run();
        assertThat(answer.get()).isEqualTo(Done.DONE);
    }
}
