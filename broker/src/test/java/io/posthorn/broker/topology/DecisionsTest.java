package io.posthorn.broker.topology;

import static io.posthorn.broker.topology.ManagerWorld.ALICE;
import static org.assertj.core.api.Assertions.assertThat;

import io.posthorn.broker.Answer;
import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerException.NotFound;
import io.posthorn.broker.BrokerException.PreconditionFailed;
import io.posthorn.broker.BrokerException.VirtualHostNotFound;
import io.posthorn.broker.Done;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.Bind;
import io.posthorn.broker.admin.AdminChange.ClearPermissions;
import io.posthorn.broker.admin.AdminChange.ClearTopicPermissions;
import io.posthorn.broker.admin.AdminChange.ClearUserLimit;
import io.posthorn.broker.admin.AdminChange.ClearVirtualHostLimit;
import io.posthorn.broker.admin.AdminChange.DeclareExchange;
import io.posthorn.broker.admin.AdminChange.DeclareQueue;
import io.posthorn.broker.admin.AdminChange.DeleteParameter;
import io.posthorn.broker.admin.AdminChange.DeletePolicy;
import io.posthorn.broker.admin.AdminChange.DeleteUser;
import io.posthorn.broker.admin.AdminChange.DeleteVirtualHost;
import io.posthorn.broker.admin.AdminChange.PutParameter;
import io.posthorn.broker.admin.AdminChange.PutPolicy;
import io.posthorn.broker.admin.AdminChange.PutUser;
import io.posthorn.broker.admin.AdminChange.PutVirtualHost;
import io.posthorn.broker.admin.AdminChange.SetPermissions;
import io.posthorn.broker.admin.AdminChange.SetTopicPermissions;
import io.posthorn.broker.admin.AdminChange.SetUserLimit;
import io.posthorn.broker.admin.AdminChange.SetVirtualHostLimit;
import io.posthorn.broker.admin.Credential;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.Policy;
import io.posthorn.broker.admin.Policy.ApplyTo;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What operators decide comes into the topology whole or not at all, and is there again after a crash.
class DecisionsTest {
    private static final UserSpec ANN = new UserSpec(
            "ann",
            new Credential(Credential.RABBIT_SHA256, "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR"),
            Set.of("monitoring", "dba"));
    private static final VirtualHostSpec SHOP =
            new VirtualHostSpec("shop", "what is sold", List.of("eu", "test"), "quorum", false, true);
    private static final PermissionPatterns SOME = new PermissionPatterns("^a", "b$", "");
    private static final TopicPatterns EUROPE = new TopicPatterns("^eu\\.", "^eu\\.");

    private final ManagerWorld world = new ManagerWorld();

    private Answer<Done> decide(AdminChange... changes) {
        var answer = new Answer<Done>();
        world.manager.decide(List.of(changes), answer);
        world.sync();
        return answer;
    }

    private BrokerException refusal(AdminChange... changes) {
        return Objects.requireNonNull(decide(changes).failure());
    }

    private Topology now() {
        return world.manager.current();
    }

    private Topology afterACrash() {
        return world.recovered();
    }

    private static Policy policy(Policy.Kind kind, String host, String name) {
        return new Policy(
                kind,
                host,
                name,
                "^q",
                ApplyTo.QUORUM_QUEUES,
                -3,
                ManagerWorld.arguments("max-length", 5L, "overflow", "drop-head"));
    }

    // ---- First start

    @Test
    void aNewBrokerHasGuestWhoMayDoEverythingInTheDefaultHost() {
        assertThat(now().users().keySet()).containsExactly("guest");
        assertThat(now().permissions("guest", "/")).isEqualTo(PermissionPatterns.EVERYTHING);
        assertThat(afterACrash().users()).isEqualTo(now().users());
        assertThat(afterACrash().permissions("guest", "/")).isEqualTo(PermissionPatterns.EVERYTHING);
    }

    @Test
    void aDataDirectoryFromBeforeThereWereUsersGetsGuestToo() {
        var older = Topology.EMPTY.apply(List.of(
                new TopologyChange.VirtualHostPut(VirtualHostSpec.named("/")),
                new TopologyChange.ExchangeDeclared(
                        "/", new ExchangeSpec("orders", "topic", true, false, false, Arguments.NONE), null)));
        var manager = managerOf(older);
        assertThat(manager.current().users().keySet()).containsExactly("guest");
        assertThat(manager.current().permissions("guest", "/")).isEqualTo(PermissionPatterns.EVERYTHING);
        assertThat(manager.current().virtualHost("/").exchangeSpec("orders")).isNotNull();
    }

    @Test
    void aGuestThatWasDeletedIsNotMadeAgain() {
        decide(new DeleteUser("guest")).get();
        assertThat(managerOf(afterACrash()).current().users()).isEmpty();
    }

    @Test
    void aSnapshotKnowsThatGuestWasDeleted() {
        decide(new DeleteUser("guest"), new DeleteVirtualHost("/")).get();
        int begin = world.journal.entries.size();
        world.manager.snapshot(world.journal, 1);
        world.executor.runAll();
        var restarted =
                managerOf(world.journal.recover(begin, world.journal.end())).current();
        assertThat(restarted.users()).isEmpty();
        assertThat(restarted.virtualHosts()).isEmpty();
    }

    private TopologyManager managerOf(Topology recovered) {
        var manager = new TopologyManager(recovered, new ListJournal(), world.executor, world, new Random(1));
        manager.start(() -> new UserSpec("guest", null, Set.of()));
        return manager;
    }

    // ---- Each change

    @Test
    void aVirtualHostComesWithItsExchangesAndWhatIsSaidOfIt() {
        decide(new PutVirtualHost(SHOP)).get();
        for (Topology topology : List.of(now(), afterACrash())) {
            assertThat(topology.virtualHost("shop").spec()).isEqualTo(SHOP);
            assertThat(topology.virtualHost("shop").exchangeSpecs())
                    .extracting(ExchangeSpec::name)
                    .containsExactly(
                            "",
                            "amq.direct",
                            "amq.fanout",
                            "amq.headers",
                            "amq.match",
                            "amq.rabbitmq.trace",
                            "amq.topic");
        }
    }

    @Test
    void whatIsSaidOfAVirtualHostIsReplacedAndWhatIsInItStays() {
        world.declare("q");
        var changed = new VirtualHostSpec("/", "changed", List.of(), null, true, false);
        decide(new PutVirtualHost(changed)).get();
        assertThat(now().virtualHost("/").spec()).isEqualTo(changed);
        assertThat(now().virtualHost("/").queue("q")).isNotNull();
        assertThat(afterACrash().virtualHost("/").spec()).isEqualTo(changed);
        assertThat(afterACrash().virtualHost("/").queue("q")).isNotNull();
    }

    @Test
    void everythingInAVirtualHostGoesWithIt() {
        fillShop();
        decide(new DeleteVirtualHost("shop")).get();
        for (Topology topology : List.of(now(), afterACrash())) {
            assertThat(topology.hasVirtualHost("shop")).isFalse();
            assertThat(topology.permissions("ann", "shop")).isNull();
            assertThat(topology.topicPermissions("ann", "shop")).isEmpty();
            assertThat(topology.policies("shop")).isEmpty();
            assertThat(topology.operatorPolicies("shop")).isEmpty();
            assertThat(topology.parameters("shop")).isEmpty();
            assertThat(topology.virtualHostLimits("shop")).isEmpty();
            assertThat(topology.user("ann")).isEqualTo(ANN);
        }
        assertThat(world.removed).extracting(QueueEntry::name).containsExactly("q", "transient");
        assertThat(world.ended).containsExactly("vhost shop");
        decide(new PutVirtualHost(SHOP)).get();
        assertThat(now().permissions("ann", "shop"))
                .as("another host of the name")
                .isNull();
    }

    private void fillShop() {
        decide(
                        new PutVirtualHost(SHOP),
                        new PutUser(ANN),
                        new SetPermissions("ann", "shop", SOME),
                        new SetTopicPermissions("ann", "shop", "amq.topic", EUROPE),
                        new PutPolicy(policy(Policy.Kind.USER, "shop", "p")),
                        new PutPolicy(policy(Policy.Kind.OPERATOR, "shop", "p")),
                        new PutParameter(new Parameter("shop", "federation", "f", "{}")),
                        new SetVirtualHostLimit("shop", "max-queues", 3),
                        new DeclareQueue("shop", new QueueSpec("q", true, false, false, Arguments.NONE)),
                        new DeclareQueue("shop", new QueueSpec("transient", false, false, false, Arguments.NONE)))
                .get();
    }

    @Test
    void theSessionOfADeletedVirtualHostEndsWithoutTrouble() {
        fillShop();
        var exclusive = new Answer<QueueEntry>();
        world.manager.declareQueue(
                "shop", new QueueSpec("x", true, true, false, Arguments.NONE), ALICE, DeclarePermit.ALL, exclusive);
        world.sync();
        decide(new DeleteVirtualHost("shop")).get();
        world.endSession(ALICE).get();
        assertThat(world.delete(exclusive.get()).get()).isEqualTo(Done.DONE);
        assertThat(world.removed).hasSize(3);
    }

    @Test
    void aProtectedVirtualHostIsNotDeleted() {
        decide(new PutVirtualHost(new VirtualHostSpec("safe", "", List.of(), null, true, false)))
                .get();
        assertThat(refusal(new DeleteVirtualHost("safe")))
                .isInstanceOf(PreconditionFailed.class)
                .hasMessage("Refusing to delete virtual host 'safe' because it is protected from deletion");
        decide(new PutVirtualHost(VirtualHostSpec.named("safe")), new DeleteVirtualHost("safe"))
                .get();
        assertThat(now().hasVirtualHost("safe")).isFalse();
    }

    @Test
    void theVirtualHostSaysWhatAQueueIsThatDoesNotSayIt() {
        decide(new PutVirtualHost(SHOP)).get();
        assertThat(declared("shop", "plain", true, Arguments.NONE)).isEqualTo("quorum");
        assertThat(declared("shop", "plain", true, Arguments.NONE))
                .as("once more")
                .isEqualTo("quorum");
        assertThat(declared("shop", "said", true, ManagerWorld.arguments("x-queue-type", "classic")))
                .isEqualTo("classic");
        assertThat(declared("shop", "cannot be", false, Arguments.NONE)).isEqualTo("classic");
        assertThat(declared("/", "elsewhere", true, Arguments.NONE)).isEqualTo("classic");
    }

    private String declared(String host, String name, boolean durable, Arguments arguments) {
        var answer = new Answer<QueueEntry>();
        world.manager.declareQueue(
                host, new QueueSpec(name, durable, false, false, arguments), ALICE, DeclarePermit.ALL, answer);
        world.sync();
        return answer.get().spec().type();
    }

    @Test
    void aUserIsReplacedAndKeepsRightsAndLimits() {
        fillShop();
        decide(new SetUserLimit("ann", "max-channels", 4)).get();
        var changed = new UserSpec("ann", null, Set.of());
        decide(new PutUser(changed)).get();
        for (Topology topology : List.of(now(), afterACrash())) {
            assertThat(topology.user("ann")).isEqualTo(changed);
            assertThat(topology.permissions("ann", "shop")).isEqualTo(SOME);
            assertThat(topology.topicPermissions("ann", "shop")).containsOnly(java.util.Map.entry("amq.topic", EUROPE));
            assertThat(topology.userLimits("ann")).containsOnly(java.util.Map.entry("max-channels", 4L));
        }
        assertThat(world.ended).isEmpty();
    }

    @Test
    void rightsAndLimitsGoWithTheirUser() {
        fillShop();
        decide(new SetUserLimit("ann", "max-channels", 4), new DeleteUser("ann"))
                .get();
        decide(new PutUser(ANN)).get();
        for (Topology topology : List.of(now(), afterACrash())) {
            assertThat(topology.permissions("ann", "shop")).isNull();
            assertThat(topology.topicPermissions("ann", "shop")).isEmpty();
            assertThat(topology.userLimits("ann")).isEmpty();
        }
        assertThat(world.ended).containsExactly("user ann");
    }

    @Test
    void permissionsAreTakenBack() {
        fillShop();
        decide(new ClearPermissions("ann", "shop"), new ClearTopicPermissions("ann", "shop", null))
                .get();
        assertThat(afterACrash().permissions("ann", "shop")).isNull();
        assertThat(afterACrash().topicPermissions("ann", "shop")).isEmpty();
        decide(new ClearPermissions("ann", "shop"), new ClearTopicPermissions("ann", "shop", "amq.topic"))
                .get();
    }

    @Test
    void topicPermissionsOfOneExchangeAreTakenBackAlone() {
        fillShop();
        decide(
                        new SetTopicPermissions("ann", "shop", "other", EUROPE),
                        new ClearTopicPermissions("ann", "shop", "amq.topic"))
                .get();
        assertThat(afterACrash().topicPermissions("ann", "shop").keySet()).containsExactly("other");
    }

    @Test
    void policiesOfBothKindsHaveNamesOfTheirOwn() {
        fillShop();
        decide(new DeletePolicy(Policy.Kind.USER, "shop", "p")).get();
        assertThat(afterACrash().policies("shop")).isEmpty();
        assertThat(afterACrash().operatorPolicies("shop")).containsExactly(policy(Policy.Kind.OPERATOR, "shop", "p"));
    }

    @Test
    void parametersAreOfAHostOrOfAll() {
        fillShop();
        decide(new PutParameter(new Parameter(null, "", "cluster_name", "\"posthorn\"")))
                .get();
        assertThat(afterACrash().parameters("shop")).containsExactly(new Parameter("shop", "federation", "f", "{}"));
        assertThat(afterACrash().parameters("shop", "shovel")).isEmpty();
        assertThat(afterACrash().globalParameters()).hasSize(1);
        decide(new DeleteParameter(null, "", "cluster_name"), new DeleteParameter("shop", "federation", "f"))
                .get();
        assertThat(afterACrash().globalParameters()).isEmpty();
        assertThat(afterACrash().parameters("shop")).isEmpty();
    }

    @Test
    void limitsAreSetAndTakenBack() {
        fillShop();
        decide(new SetVirtualHostLimit("shop", "max-connections", 0), new SetUserLimit("ann", "max-connections", -1))
                .get();
        assertThat(afterACrash().virtualHostLimits("shop").toString()).isEqualTo("{max-connections=0, max-queues=3}");
        decide(new ClearVirtualHostLimit("shop", "max-queues"), new ClearUserLimit("ann", "max-connections"))
                .get();
        assertThat(afterACrash().virtualHostLimits("shop").toString()).isEqualTo("{max-connections=0}");
        assertThat(afterACrash().userLimits("ann")).isEmpty();
    }

    @Test
    void queuesExchangesAndBindingsOfADefinitionsFileAreMadeTogether() {
        decide(definitions()).get();
        assertThat(world.created).extracting(QueueEntry::name).containsExactly("orders");
        var host = afterACrash().virtualHost("/");
        assertThat(host.bindingSpecsFrom("in")).hasSize(1);
        assertThat(host.bindingSpecsTo(Destination.QUEUE, "orders")).isEqualTo(host.bindingSpecs());
        int entries = world.journal.entries.size();
        decide(definitions()).get();
        assertThat(world.journal.entries)
                .as("what is there already changes nothing")
                .hasSize(entries);
    }

    private static AdminChange[] definitions() {
        return new AdminChange[] {
            new DeclareExchange("/", new ExchangeSpec("in", "topic", true, false, false, Arguments.NONE)),
            new DeclareQueue("/", new QueueSpec("orders", true, false, false, Arguments.NONE)),
            new Bind("/", new BindingSpec("in", Destination.QUEUE, "orders", "#", Arguments.NONE))
        };
    }

    // ---- All or nothing

    @Test
    void aListIsOneEventOfTheJournal() {
        int entries = world.journal.entries.size();
        fillShop();
        assertThat(world.journal.entries).hasSize(entries + 1);
    }

    @Test
    void nothingIsAnsweredOrShownBeforeItIsDurable() {
        var answer = new Answer<Done>();
        world.manager.decide(List.of(new PutVirtualHost(SHOP)), answer);
        assertThat(answer.isThere()).isFalse();
        assertThat(now().hasVirtualHost("shop")).isFalse();
        world.sync();
        assertThat(answer.get()).isEqualTo(Done.DONE);
        assertThat(now().hasVirtualHost("shop")).isTrue();
    }

    @Test
    void aListWhoseLastChangeIsRefusedLeavesNothing() {
        int entries = world.journal.entries.size();
        var before = now();
        assertThat(refusal(
                        new PutVirtualHost(SHOP),
                        new PutUser(ANN),
                        new DeclareQueue("shop", new QueueSpec("q", true, false, false, Arguments.NONE)),
                        new DeleteUser("guest"),
                        new SetPermissions("ann", "shop", new PermissionPatterns("", "(", ""))))
                .isInstanceOf(PreconditionFailed.class);
        assertThat(now()).isSameAs(before);
        assertThat(world.journal.entries).hasSize(entries);
        assertThat(world.created).isEmpty();
        assertThat(world.ended).isEmpty();
    }

    @Test
    void whatIsTooMuchForOneEventIsRefused() {
        world.journal.refuse(new IllegalArgumentException("9 bytes are more than a journal takes at once: 8"));
        assertThat(refusal(new PutVirtualHost(SHOP))).isInstanceOf(BrokerException.LimitReached.class);
        assertThat(now().hasVirtualHost("shop")).isFalse();
    }

    // ---- Refusals

    @Test
    void whatIsOfNobodyOrNowhereIsRefused() {
        assertThat(refusal(new SetPermissions("nobody", "/", SOME)))
                .isInstanceOf(NotFound.class)
                .hasMessage("user 'nobody' not found");
        assertThat(refusal(new SetPermissions("guest", "nowhere", SOME)))
                .isInstanceOf(VirtualHostNotFound.class)
                .hasMessage("vhost 'nowhere' not found");
        for (AdminChange change : List.<AdminChange>of(
                new DeleteUser("nobody"),
                new SetUserLimit("nobody", "max-channels", 1),
                new DeletePolicy(Policy.Kind.USER, "/", "none"),
                new DeleteParameter("/", "federation", "none"),
                new DeleteParameter(null, "", "none"))) {
            assertThat(refusal(change)).isInstanceOf(NotFound.class);
        }
        for (AdminChange change : List.of(
                new DeleteVirtualHost("nowhere"),
                new PutPolicy(policy(Policy.Kind.USER, "nowhere", "p")),
                new PutParameter(new Parameter("nowhere", "c", "n", "1")),
                new SetVirtualHostLimit("nowhere", "max-queues", 1),
                new DeclareQueue("nowhere", new QueueSpec("q", true, false, false, Arguments.NONE)))) {
            assertThat(refusal(change)).isInstanceOf(VirtualHostNotFound.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[a", "*"})
    void whatIsNoRegularExpressionIsRefused(String pattern) {
        var sound = new PermissionPatterns("", "", "");
        for (AdminChange change : List.<AdminChange>of(
                new SetPermissions("guest", "/", new PermissionPatterns(pattern, "", "")),
                new SetPermissions("guest", "/", new PermissionPatterns("", pattern, "")),
                new SetPermissions("guest", "/", new PermissionPatterns("", "", pattern)),
                new SetTopicPermissions("guest", "/", "x", new TopicPatterns(pattern, "")),
                new SetTopicPermissions("guest", "/", "x", new TopicPatterns("", pattern)),
                new PutPolicy(new Policy(
                        Policy.Kind.USER,
                        "/",
                        "p",
                        pattern,
                        ApplyTo.ALL,
                        0,
                        ManagerWorld.arguments("max-length", 1L))))) {
            assertThat(refusal(change)).as("%s", change).isInstanceOf(PreconditionFailed.class);
        }
        decide(new SetPermissions("guest", "/", sound)).get();
    }

    @Test
    void namesAndLimitsThatCannotBeAreRefused() {
        String tooLong = "ä".repeat(128);
        for (AdminChange change : List.<AdminChange>of(
                new PutVirtualHost(VirtualHostSpec.named("")),
                new PutVirtualHost(VirtualHostSpec.named(tooLong)),
                new PutVirtualHost(new VirtualHostSpec("v", "", List.of(), "weird", false, false)),
                new PutUser(new UserSpec("", null, Set.of())),
                new PutUser(new UserSpec(tooLong, null, Set.of())),
                new PutPolicy(policy(Policy.Kind.USER, "/", "")),
                new SetVirtualHostLimit("/", "max-bananas", 1),
                new SetUserLimit("guest", "max-queues", 1))) {
            assertThat(refusal(change)).as("%s", change).isInstanceOf(PreconditionFailed.class);
        }
    }

    @Test
    void aQueueThatIsThereOtherwiseIsRefused() {
        world.declare("q");
        assertThat(refusal(new DeclareQueue("/", new QueueSpec("q", false, false, false, Arguments.NONE))))
                .isInstanceOf(PreconditionFailed.class)
                .hasMessageStartingWith("inequivalent arg 'durable' for queue 'q' in vhost '/'");
    }
}
