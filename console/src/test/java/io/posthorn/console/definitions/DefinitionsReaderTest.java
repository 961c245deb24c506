package io.posthorn.console.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.posthorn.broker.Arguments;
import io.posthorn.broker.BindingSpec;
import io.posthorn.broker.BindingSpec.Destination;
import io.posthorn.broker.ExchangeSpec;
import io.posthorn.broker.QueueSpec;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.AdminChange.Bind;
import io.posthorn.broker.admin.AdminChange.DeclareExchange;
import io.posthorn.broker.admin.AdminChange.DeclareQueue;
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
import io.posthorn.broker.admin.Policy.Kind;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.admin.UserSpec;
import io.posthorn.broker.admin.VirtualHostSpec;
import io.posthorn.console.definitions.DefinitionsReader.Known;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefinitionsReaderTest {
    private static final VirtualHostSpec DESCRIBED =
            new VirtualHostSpec("described", "as it is", List.of("kept"), "quorum", true, true);

    private static final Known KNOWN = new Known(
            name -> name.equals(DESCRIBED.name()) ? Optional.of(DESCRIBED) : Optional.empty(),
            (host, binding) -> binding,
            password -> new Credential(Credential.PBKDF2_SHA256, "of " + password));

    @Test
    void whatRabbitMq310ExportsIsReadWholly() throws IOException {
        var definitions = DefinitionsReader.read(recorded("rabbitmq-3.10-whole.json"), KNOWN);

        assertThat(definitions.notes()).isEmpty();
        assertThat(definitions.changes())
                .contains(
                        new PutVirtualHost(VirtualHostSpec.named("shop")),
                        new PutUser(new UserSpec("cert", null, Set.of("monitoring", "mine"))),
                        new SetUserLimit("app", "max-connections", 10),
                        new SetPermissions("app", "shop", new PermissionPatterns("^orders", ".*", "^(orders|amq\\.)")),
                        new SetTopicPermissions("app", "shop", "events", new TopicPatterns("^{username}\\.", ".*")),
                        new SetVirtualHostLimit("shop", "max-queues", 100),
                        new PutPolicy(new Policy(
                                Kind.USER,
                                "shop",
                                "ttl",
                                "^orders",
                                ApplyTo.QUEUES,
                                7,
                                arguments(Map.of("dead-letter-exchange", "dead", "message-ttl", 60_000L)))),
                        new PutPolicy(new Policy(
                                Kind.OPERATOR,
                                "shop",
                                "cap",
                                ".*",
                                ApplyTo.QUEUES,
                                0,
                                arguments(Map.of("max-length", 1_000_000L)))),
                        new PutParameter(new Parameter(
                                "shop",
                                "federation-upstream",
                                "far",
                                "{\"ack-mode\":\"on-confirm\",\"uri\":\"amqp://far.example\"}")),
                        new PutParameter(new Parameter(null, "", "mine", "{\"a\":[1,\"x\",null,true,1.5]}")),
                        new PutParameter(new Parameter(null, "", "cluster_name", "\"the old one\"")),
                        new DeclareExchange(
                                "shop",
                                new ExchangeSpec(
                                        "events",
                                        "topic",
                                        true,
                                        false,
                                        false,
                                        arguments(Map.of("alternate-exchange", "dead")))),
                        new DeclareExchange(
                                "shop", new ExchangeSpec("picky", "headers", true, false, true, Arguments.NONE)),
                        new DeclareQueue("/", new QueueSpec("scratch", false, false, true, Arguments.NONE)),
                        new Bind(
                                "shop", new BindingSpec("events", Destination.EXCHANGE, "picky", "#", Arguments.NONE)));
        assertThat(queue(definitions, "orders.dead").arguments().get("note"))
                .isEqualTo(arguments(Map.of("team", "sales", "ratio", 0.5, "levels", List.of(1L, 2L), "on", true)));
    }

    @Test
    void whatMayBeNamedComesBeforeWhatNamesIt() throws IOException {
        var kinds = DefinitionsReader.read(recorded("rabbitmq-3.10-whole.json"), KNOWN).changes().stream()
                .map(AdminChange::getClass)
                .toList();

        assertThat(kinds.lastIndexOf(PutVirtualHost.class)).isLessThan(kinds.indexOf(SetPermissions.class));
        assertThat(kinds.lastIndexOf(PutUser.class)).isLessThan(kinds.indexOf(SetPermissions.class));
        assertThat(kinds.lastIndexOf(DeclareExchange.class)).isLessThan(kinds.indexOf(Bind.class));
        assertThat(kinds.lastIndexOf(DeclareQueue.class)).isLessThan(kinds.indexOf(Bind.class));
        assertThat(kinds.lastIndexOf(SetVirtualHostLimit.class)).isLessThan(kinds.indexOf(DeclareQueue.class));
    }

    @Test
    void anExportOfOneHostGoesIntoAnyHost() throws IOException {
        var definitions = DefinitionsReader.readInto("copy", recorded("rabbitmq-3.10-shop.json"), KNOWN);

        assertThat(definitions.notes()).isEmpty();
        assertThat(definitions.changes())
                .contains(
                        new SetVirtualHostLimit("copy", "max-queues", 100),
                        new DeclareExchange(
                                "copy", new ExchangeSpec("dead", "fanout", true, false, false, Arguments.NONE)))
                .noneMatch(change -> change instanceof PutVirtualHost || change instanceof PutUser);
    }

    @Test
    void rabbitMqsHashesAreKeptAsTheyAre() throws IOException {
        var definitions = DefinitionsReader.read(recorded("rabbitmq-3.10-whole.json"), KNOWN);

        assertThat(definitions.changes())
                .contains(new PutUser(new UserSpec(
                        "ada",
                        new Credential(Credential.RABBIT_SHA256, "arDRB75acxxqBvudtLs9w9WJhV9o62RVmN4REw+xwjzasvlX"),
                        Set.of("administrator"))));
    }

    @Test
    void ourOwnHashesAreReadAsTheyAreWritten() {
        var ours = new Credential(Credential.PBKDF2_SHA256, "600000$c2FsdA==$aGFzaA==");
        var written = CredentialText.of(ours);

        assertThat(written.passwordHash()).matches("[A-Za-z0-9+/=]+");
        assertThat(read("""
                {"users": [{"name": "u", "password_hash": "%s", "hashing_algorithm": "%s", "tags": []}]}
                """.formatted(written.passwordHash(), written.hashingAlgorithm())))
                .containsExactly(new PutUser(new UserSpec("u", ours, Set.of())));
    }

    @Test
    void tagsAreATextWithCommasInOldFiles() {
        assertThat(read("""
                {"users": [{"name": "u", "password": "secret", "tags": "administrator, mine,"},
                           {"name": "older", "password_hash": "", "administrator": true}]}
                """))
                .containsExactly(
                        new PutUser(new UserSpec(
                                "u",
                                new Credential(Credential.PBKDF2_SHA256, "of secret"),
                                Set.of("administrator", "mine"))),
                        new PutUser(new UserSpec("older", null, Set.of("administrator"))));
    }

    @Test
    void whatRabbitMq4SaysOfAHostIsUnderstood() {
        assertThat(read("""
                {"rabbitmq_definition_format": "cluster", "original_cluster_name": "c", "explanation": "e",
                 "vhosts": [{"name": "v", "description": "d", "tags": ["t"], "default_queue_type": "quorum",
                             "metadata": {"description": "d", "tags": ["t"], "default_queue_type": "quorum"},
                             "limits": []},
                            {"name": "w", "limits": {"max-queues": 3}, "default_queue_type": "undefined",
                             "metadata": {"description": "meta", "protected_from_deletion": true}}]}
                """))
                .containsExactly(
                        new PutVirtualHost(new VirtualHostSpec("v", "d", List.of("t"), "quorum", false, false)),
                        new PutVirtualHost(new VirtualHostSpec("w", "meta", List.of(), null, true, false)),
                        new SetVirtualHostLimit("w", "max-queues", 3));
    }

    @Test
    void whatAFileDoesNotSayOfAHostStaysAsItIs() {
        assertThat(read("""
                {"vhosts": [{"name": "described"}]}
                """)).containsExactly(new PutVirtualHost(DESCRIBED));
    }

    @Test
    void theTypeOfAQueueIsTakenFromWhereItStands() {
        assertThat(read("""
                {"queues": [{"name": "q", "vhost": "/", "durable": true, "type": "quorum", "arguments": {}},
                            {"name": "c", "vhost": "/", "durable": true, "type": "classic", "arguments": []}]}
                """))
                .containsExactly(
                        new DeclareQueue(
                                "/",
                                new QueueSpec("q", true, false, false, arguments(Map.of("x-queue-type", "quorum")))),
                        new DeclareQueue("/", new QueueSpec("c", true, false, false, Arguments.NONE)));
    }

    @Test
    void whatIsTheBrokersOwnIsPassedOverAndSaid() {
        var definitions = DefinitionsReader.read(bytes("""
                {"exchanges": [{"name": "amq.direct", "vhost": "/", "type": "direct", "durable": true}],
                 "bindings": [{"source": "x", "vhost": "/", "destination": "amq.gen-1", "destination_type": "queue"}],
                 "shovels": []}
                """), KNOWN);

        assertThat(definitions.stated()).isEmpty();
        assertThat(definitions.notes())
                .containsExactly(
                        "exchanges[0] (line 1) is passed over: every virtual host has its own amq.direct",
                        "bindings[0] (line 2) is passed over: a queue whose name the broker made belongs to the"
                                + " connection that asked for it",
                        "shovels (line 3) is passed over: says nothing to this broker");
    }

    @Test
    void everyMistakeIsNamedWithItsPlaceAndWhatWasProbablyMeant() {
        assertRefused("""
                {
                 "queues": [
                  {"name": "ok", "vhost": "/", "durable": true},
                  {"name": "q", "vhost": "/", "durabel": true},
                  {"name": 7, "vhost": "/", "durable": true},
                  {"name": "n", "vhost": "/", "durable": true, "arguments": {"x-max-length": 99999999999999999999}}
                 ],
                 "policies": [{"vhost": "/", "name": "p", "pattern": "", "apply-to": "queue", "definition": {}}],
                 "users": [{"name": "u", "password_hash": "not base64"},
                           {"name": "v", "password_hash": "", "hashing_algorithm": "rabbit_password_hashing_sha1"}],
                 "exchangs": []
                }
                """, """
                users[0].password_hash (line 9) is not base64
                users[1].hashing_algorithm (line 10) is an algorithm that is not known here; \
                did you mean "rabbit_password_hashing_sha512"?
                policies[0].apply-to (line 8) has to be one of all, classic_queues, exchanges, queues, \
                quorum_queues, streams; did you mean "queues"?
                queues[1] (line 4) needs "durable"; is "durabel" meant to be it?
                queues[2].name (line 5) has to be a text, not a number
                queues[3].arguments.x-max-length (line 6) is beyond 64 bits: 99999999999999999999
                exchangs (line 11) is no key here; did you mean "exchanges"?""");
    }

    @Test
    void anExportOfOneHostIsNotTakenForAllOfThem() {
        assertRefused(
                "{\"rabbitmq_definition_format\": \"single_virtual_host\"}",
                "rabbitmq_definition_format (line 1) says that the file is of one virtual host: import it into one");
        assertRefused("{\"queues\": [{\"name\": \"q\", \"durable\": true}]}", "queues[0] (line 1) needs \"vhost\"");
    }

    @Test
    void whatIsNoJsonIsRefusedWithItsLine() {
        assertThatThrownBy(() -> read("{\n\"queues\": [}"))
                .isInstanceOf(DefinitionsException.class)
                .hasMessageContaining("line 2")
                .hasMessageStartingWith("This is no JSON: ");
        assertRefused("", "This is no JSON: it is empty");
        assertRefused(
                "{} x",
                "This is no JSON: Unrecognized token 'x': was expecting (JSON String, Number, Array,"
                        + " Object or token 'null', 'true' or 'false'), in line 1");
        assertRefused("[]", "line 1 has to be an object, not an array");
        assertRefused("{\"users\": [],\n \"users\": []}", "users (line 2) stands there a second time");
    }

    private static QueueSpec queue(Definitions definitions, String name) {
        return definitions.changes().stream()
                .filter(DeclareQueue.class::isInstance)
                .map(change -> ((DeclareQueue) change).spec())
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void assertRefused(String file, String because) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(DefinitionsException.class)
                .hasMessage(because);
    }

    private static List<AdminChange> read(String file) {
        var definitions = DefinitionsReader.read(bytes(file), KNOWN);
        assertThat(definitions.notes()).isEmpty();
        return definitions.changes();
    }

    private static byte[] recorded(String name) throws IOException {
        try (var in = Objects.requireNonNull(DefinitionsReaderTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Arguments arguments(Map<String, Object> values) {
        return new Arguments(Map.copyOf(values));
    }
}
