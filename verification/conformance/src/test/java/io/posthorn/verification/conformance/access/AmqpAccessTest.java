package io.posthorn.verification.conformance.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.posthorn.broker.admin.AdminChange;
import io.posthorn.broker.admin.Parameter;
import io.posthorn.broker.admin.PermissionPatterns;
import io.posthorn.broker.admin.TopicPatterns;
import io.posthorn.broker.security.Permission;
import io.posthorn.protocol.amqp.wire.BasicMethod;
import io.posthorn.protocol.amqp.wire.ChannelMethod;
import io.posthorn.protocol.amqp.wire.ConfirmMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.Method;
import io.posthorn.protocol.amqp.wire.TxMethod;
import io.posthorn.server.Server;
import io.posthorn.server.config.ServerConfig;
import io.posthorn.verification.conformance.Amqp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What each set of permissions allows a client of AMQP to do, on what it is given for and on what it is not.
final class AmqpAccessTest {
    private static final Set<Permission> EVERYTHING = Set.of(Permission.values());

    /// Methods that use nothing that anybody owns: what they are about was asked for before, or is the session's own.
    private static final Set<Class<?>> NEED_NOTHING = Set.of(
            ConnectionMethod.StartOk.class,
            ConnectionMethod.SecureOk.class,
            ConnectionMethod.TuneOk.class,
            ConnectionMethod.Close.class,
            ConnectionMethod.CloseOk.class,
            ConnectionMethod.UpdateSecret.class,
            ChannelMethod.Open.class,
            ChannelMethod.Flow.class,
            ChannelMethod.FlowOk.class,
            ChannelMethod.Close.class,
            ChannelMethod.CloseOk.class,
            BasicMethod.Qos.class,
            BasicMethod.Cancel.class,
            BasicMethod.CancelOk.class,
            BasicMethod.Ack.class,
            BasicMethod.Nack.class,
            BasicMethod.Reject.class,
            BasicMethod.Recover.class,
            BasicMethod.RecoverAsync.class,
            ConfirmMethod.Select.class,
            TxMethod.Select.class,
            TxMethod.Commit.class,
            TxMethod.Rollback.class);

    /// What only the server says.
    private static final Set<String> OF_THE_SERVER = Set.of(
            "Start",
            "Secure",
            "Tune",
            "Blocked",
            "Unblocked",
            "UpdateSecretOk",
            "OpenOk",
            "DeclareOk",
            "DeleteOk",
            "BindOk",
            "UnbindOk",
            "PurgeOk",
            "QosOk",
            "ConsumeOk",
            "Return",
            "Deliver",
            "GetOk",
            "GetEmpty",
            "RecoverOk",
            "SelectOk",
            "CommitOk",
            "RollbackOk");

    @TempDir
    private static Path directory = Path.of("");

    private static Server server;
    private static Principals principals;
    private static Connection operator;

    @BeforeAll
    static void start() throws Exception {
        server = Server.start(ServerConfig.read(
                Map.of("--data", directory.toString(), "--amqp", "127.0.0.1:0", "--kafka", "off", "--http", "off"),
                Map.of(),
                Optional.empty()));
        principals = new Principals(server.broker());
        principals.make();
        operator = connect("guest", "guest", "/");
    }

    @AfterAll
    static void stop() throws Exception {
        operator.close();
        server.close();
    }

    static Stream<Set<Permission>> permissions() {
        return Principals.all().stream();
    }

    @ParameterizedTest
    @MethodSource("permissions")
    void whatIsAllowedIsWhatThePermissionsSay(Set<Permission> permissions) throws Exception {
        try (Connection connection = connect(Principals.name(permissions), Principals.PASSWORD, "/")) {
            for (String owner : List.of("mine", "other")) {
                for (AmqpOperation operation : AmqpOperation.on(owner)) {
                    prepare(owner);
                    boolean isAllowed = operation.needs().stream().allMatch(need -> need.isMetBy(permissions));
                    assertThat(isDone(connection, operation))
                            .as("%s to %s, of %s", permissions, operation.name(), owner)
                            .isEqualTo(isAllowed);
                }
            }
        }
    }

    @Test
    void noMethodIsForgotten() {
        Set<Class<?>> known = new HashSet<>(NEED_NOTHING);
        known.add(ConnectionMethod.Open.class); // see whoHasNoPermissionsInAVirtualHostDoesNotGetIn
        AmqpOperation.on("mine").forEach(operation -> known.add(operation.of()));
        for (Class<?> method : methods(Method.class).toList()) {
            assertThat(known.contains(method) || OF_THE_SERVER.contains(method.getSimpleName()))
                    .as("what %s takes is tested, or known to be nothing", method)
                    .isTrue();
        }
    }

    private static Stream<Class<?>> methods(Class<?> kind) {
        return kind.isSealed()
                ? Stream.of(kind.getPermittedSubclasses()).flatMap(AmqpAccessTest::methods)
                : Stream.of(kind);
    }

    private static void prepare(String owner) throws Exception {
        try (Channel channel = operator.createChannel()) {
            channel.queueDelete(owner + "-p");
            channel.exchangeDelete(owner + "-y");
            channel.queueDeclare(owner + "-q", true, false, false, Map.of());
            channel.exchangeDeclare(owner + "-x", "topic", true);
            channel.queueBind(owner + "-q", owner + "-x", "b");
        }
    }

    /// False when it was refused for want of rights.
    private static boolean isDone(Connection connection, AmqpOperation operation) throws Exception {
        Channel channel = connection.createChannel();
        try {
            operation.act().on(channel);
            channel.close();
            return true;
        } catch (AlreadyClosedException closed) {
            return refused(closed);
        } catch (IOException failed) {
            if (failed.getCause() instanceof ShutdownSignalException closed) {
                return refused(closed);
            }
            throw failed;
        }
    }

    private static boolean refused(ShutdownSignalException closed) {
        if (closed.getReason() instanceof AMQP.Channel.Close close && close.getReplyCode() == AMQP.ACCESS_REFUSED) {
            assertThat(close.getReplyText()).matches("ACCESS_REFUSED - (configure|write|read) access to .* refused .*");
            return false;
        }
        return fail("neither done nor refused", closed);
    }

    @Test
    void whoHasNoPermissionsInAVirtualHostDoesNotGetIn() {
        assertThatThrownBy(() -> connect("stranger", Principals.PASSWORD, "/"))
                .hasStackTraceContaining("NOT_ALLOWED - access to vhost '/' refused for user 'stranger'");
        assertThatThrownBy(() -> connect("stranger", Principals.PASSWORD, "none"))
                .hasStackTraceContaining("NOT_ALLOWED - vhost none not found");
    }

    @Test
    void aWrongPasswordIsRefusedAsByRabbitMq() {
        for (String user : List.of("stranger", "nobody")) {
            assertThatThrownBy(() -> connect(user, "wrong", "/"))
                    .isInstanceOf(AuthenticationFailureException.class)
                    .hasMessage("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details"
                            + " see the broker logfile.");
        }
    }

    @Test
    void topicPermissionsCountForEachKey() throws Exception {
        String user = Principals.name(EVERYTHING);
        principals.decide(List.of(new AdminChange.SetTopicPermissions(
                user, "/", "mine-x", new TopicPatterns("^{username}$|^open$", "^open$"))));
        prepare("mine");
        try (Connection connection = connect(user, Principals.PASSWORD, "/")) {
            assertThat(mayPublish(connection, user, List.of())).isTrue();
            assertThat(mayPublish(connection, "open", List.of(user))).isTrue();
            assertThat(mayPublish(connection, "closed", List.of())).isFalse();
            assertThat(mayPublish(connection, "open", List.of("closed"))).isFalse();
            assertThat(isDone(connection, binding("open"))).isTrue();
            assertThat(isDone(connection, binding("#"))).isFalse();
        } finally {
            principals.decide(List.of(new AdminChange.ClearTopicPermissions(user, "/", null)));
        }
    }

    private static boolean mayPublish(Connection connection, String key, List<String> blindCopies) throws Exception {
        return isDone(connection, new AmqpOperation("", BasicMethod.Publish.class, List.of(), channel -> {
            var properties = new AMQP.BasicProperties().builder().headers(Map.of("BCC", blindCopies));
            channel.basicPublish("mine-x", key, properties.build(), new byte[0]);
            channel.basicQos(0);
        }));
    }

    private static AmqpOperation binding(String key) {
        return new AmqpOperation(
                "", BasicMethod.Publish.class, List.of(), channel -> channel.queueBind("mine-q", "mine-x", key));
    }

    @Test
    void aRightThatIsTakenAwayIsGoneOnOpenConnections() throws Exception {
        String user = Principals.name(EVERYTHING);
        prepare("mine");
        try (Connection connection = connect(user, Principals.PASSWORD, "/")) {
            Channel channel = connection.createChannel();
            channel.basicPublish("mine-x", "b", null, new byte[0]);
            channel.basicQos(0);
            principals.decide(List.of(new AdminChange.SetPermissions(user, "/", new PermissionPatterns("", "", ""))));

            assertThatThrownBy(() -> {
                        channel.basicPublish("mine-x", "b", null, new byte[0]);
                        channel.basicQos(0);
                    })
                    .hasStackTraceContaining(
                            "write access to exchange 'mine-x' in vhost '/' refused for user '" + user + "'");
        } finally {
            principals.make();
        }
    }

    /// A test with others in the same file: it reads what they left.
    @Test
    void theAuditLogTellsWhatWasDoneAndNoSecret() throws Exception {
        principals.decide(List.of(new AdminChange.PutParameter(
                new Parameter("/", "shovel", "s", "{\"src-uri\": \"amqp://u:planted-parameter@h\"}"))));
        try (Connection connection = connect(Principals.name(EVERYTHING), Principals.PASSWORD, "/");
                Channel channel = connection.createChannel()) {
            channel.queueDeclare("mine-audited", true, false, false, Map.of());
            channel.basicPublish(
                    "",
                    "mine-audited",
                    new AMQP.BasicProperties()
                            .builder()
                            .headers(Map.of("h", "planted-header"))
                            .build(),
                    "planted-body".getBytes(StandardCharsets.UTF_8));
            channel.queueDelete("mine-audited");
        }
        assertThatThrownBy(() -> connect("guest", "planted-wrong-password", "/"))
                .isInstanceOf(IOException.class);
        try (Connection connection = connect(Principals.name(Set.of()), Principals.PASSWORD, "/")) {
            assertThat(isDone(connection, AmqpOperation.on("mine").getFirst())).isFalse();
        }
        String log = awaitAudit("configure access to queue 'mine-p'");

        assertThat(log)
                .contains("what=\"put parameter 's' of 'shovel' in vhost '/'\"")
                .containsPattern("result=\"ok\" who=\"user\\[.*]\" from=\"127.0.0.1:.*\" what=\"log in by amqp PLAIN\"")
                .contains("what=\"declare queue 'mine-audited' in vhost '/'\"")
                .contains("what=\"delete queue 'mine-audited' in vhost '/'\"")
                .containsPattern("result=\"refused\" who=\"guest\" from=\".*\" what=\"log in by amqp PLAIN\"")
                .contains("result=\"configure access to queue 'mine-p' in vhost '/' refused for user 'user[]'\"")
                .doesNotContain("planted")
                .doesNotContain("SCRAM-SHA");
    }

    /// It is written soon, on a thread of its own.
    private static String awaitAudit(String last) throws Exception {
        Path file = directory.resolve("audit.log");
        Amqp.eventually(() -> Files.readString(file).contains(last));
        return Files.readString(file);
    }

    private static Connection connect(String user, String password, String virtualHost) throws Exception {
        var factory = new ConnectionFactory();
        factory.setHost("127.0.0.1");
        factory.setPort(server.amqpAddress().orElseThrow().getPort());
        factory.setUsername(user);
        factory.setPassword(password);
        factory.setVirtualHost(virtualHost);
        factory.setAutomaticRecoveryEnabled(false);
        return factory.newConnection();
    }
}
