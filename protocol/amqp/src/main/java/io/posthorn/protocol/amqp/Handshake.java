package io.posthorn.protocol.amqp;

import io.posthorn.broker.BrokerException;
import io.posthorn.broker.BrokerSession;
import io.posthorn.broker.Principal;
import io.posthorn.broker.SessionSpec;
import io.posthorn.protocol.amqp.ConnectionState.Authenticating;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingOpen;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingStartOk;
import io.posthorn.protocol.amqp.ConnectionState.AwaitingTuneOk;
import io.posthorn.protocol.amqp.ConnectionState.Discarding;
import io.posthorn.protocol.amqp.ConnectionState.Running;
import io.posthorn.protocol.amqp.wire.AmqpException;
import io.posthorn.protocol.amqp.wire.ConnectionMethod;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.Open;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.StartOk;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.TuneOk;
import io.posthorn.protocol.amqp.wire.ConnectionMethod.UpdateSecret;
import io.posthorn.protocol.amqp.wire.ReplyCode;
import io.posthorn.protocol.connection.LoopExecutor;
import io.posthorn.protocol.connection.Printable;
import io.posthorn.transport.Connection;
import io.posthorn.transport.ReadGate;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// How a stranger becomes a session: protocol header, login, tuning, open (§2.2.4 of the specification); and
/// how it proves again who it is. Each step answers with the state it leads to. Confined to the thread of its
/// connection.
final class Handshake {
    private static final System.Logger LOG = System.getLogger(Handshake.class.getName());

    private static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};

    /// How 0-9 announced itself; such clients are served as 0-9-1, as RabbitMQ does.
    private static final byte[] HEADER_OF_0_9 = {'A', 'M', 'Q', 'P', 1, 1, 0, 9};

    private final AmqpConnection connection;
    private final AmqpProtocol protocol;
    private final Connection transport;
    private final Logins logins;

    Handshake(AmqpConnection connection, AmqpProtocol protocol, Connection transport) {
        this.connection = connection;
        this.protocol = protocol;
        this.transport = transport;
        this.logins = new Logins(protocol, transport);
    }

    ConnectionState start(byte[] header) {
        if (Arrays.equals(header, HEADER) || Arrays.equals(header, HEADER_OF_0_9)) {
            var properties = ServerProperties.of(protocol.settings().identity());
            connection.send(
                    0, new ConnectionMethod.Start(0, 9, properties, Credentials.mechanisms(certified()), "en_US"));
            return new AwaitingStartOk();
        }
        String shown = Printable.logged(new String(header, StandardCharsets.ISO_8859_1));
        LOG.log(
                Level.WARNING,
                "{0}: refused, it does not begin with AMQP 0-9-1 but with ''{1}''{2}",
                connection.who(),
                shown,
                likely(header));
        transport.outbox().writer().writeBytes(HEADER);
        transport.outbox().flushAndClose();
        return new Discarding();
    }

    /// What the peer probably speaks, for whoever reads the log.
    private static String likely(byte[] header) {
        String text = new String(header, StandardCharsets.ISO_8859_1);
        if (text.startsWith("\u0016\u0003")) {
            return ", which is TLS: this port is not encrypted";
        }
        if (text.startsWith("AMQP")) {
            return ", another version of AMQP";
        }
        return text.matches("(GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|PRI) .*") ? ", which is HTTP" : "";
    }

    ConnectionState logIn(StartOk ok) {
        Client client = Client.of(ok.clientProperties());
        connection.reporting().said(ok.mechanism(), ok.clientProperties());
        Credentials credentials = Credentials.of(ok.mechanism(), ok.response(), certified(), ok.id());
        transport.readGate().close(ReadGate.Reason.LOGIN);
        logins.check(credentials, ok.mechanism(), user -> loggedIn(user, credentials.user(), ok.mechanism()));
        return new Authenticating(client);
    }

    private Optional<String> certified() {
        return transport.peerCertificate().flatMap(CertificateNames::commonName);
    }

    private void loggedIn(Optional<Principal> user, String name, String mechanism) {
        if (!(connection.state() instanceof Authenticating(Client client))) {
            return;
        }
        if (user.isEmpty()) {
            refuseLogin(client, name, mechanism);
            return;
        }
        AmqpSettings settings = protocol.settings();
        transport.trust();
        connection.limitFrames(settings.frameMax());
        connection.send(
                0, new ConnectionMethod.Tune(settings.channelMax(), settings.frameMax(), settings.heartbeatSeconds()));
        connection.become(new AwaitingTuneOk(client, user.get()));
        transport.readGate().open(ReadGate.Reason.LOGIN);
    }

    private void refuseLogin(Client client, String name, String mechanism) {
        LOG.log(Level.WARNING, "{0}: login of user ''{1}'' refused", connection.who(), Printable.logged(name));
        if (!client.authenticationFailureClose()) {
            transport.close();
            return;
        }
        String text = "Login was refused using authentication mechanism " + mechanism
                + ". For details see the broker logfile.";
        connection.closeWith(new AmqpException(ReplyCode.ACCESS_REFUSED, text, 0));
    }

    ConnectionState tune(AwaitingTuneOk tuning, TuneOk ok) {
        connection.tuned(Tuning.of(protocol.settings(), ok), ok.heartbeat());
        return new AwaitingOpen(tuning.client(), tuning.user());
    }

    Running open(AwaitingOpen opening, Open open) {
        var io = new LoopExecutor(transport.loop());
        var spec = new SessionSpec(transport.name(), opening.user(), open.virtualHost(), io);
        BrokerSession session;
        try {
            session = protocol.broker().open(spec, connection);
        } catch (BrokerException refused) {
            throw new AmqpException(ReplyCode.NOT_ALLOWED, openRefusal(refused, spec), open.id());
        }
        connection.opened(spec);
        connection.send(0, new ConnectionMethod.OpenOk());
        return new Running(opening.client(), session);
    }

    private static String openRefusal(BrokerException refused, SessionSpec spec) {
        return switch (refused) {
            case BrokerException.VirtualHostNotFound _ -> "vhost " + spec.virtualHost() + " not found";
            case BrokerException.AccessRefused _ ->
                "access to vhost '%s' refused for user '%s'"
                        .formatted(spec.virtualHost(), spec.principal().user());
            default -> ReplyCodes.text(refused);
        };
    }

    ConnectionState updateSecret(Running running, UpdateSecret update) {
        String user = running.session().principal().user();
        var credentials = new Credentials.Password(user, update.newSecret().toByteArray());
        transport.readGate().close(ReadGate.Reason.COMMAND);
        logins.check(credentials, "update-secret", checked -> secretChecked(checked.isPresent(), update));
        return running;
    }

    private void secretChecked(boolean accepted, UpdateSecret update) {
        if (!(connection.state() instanceof Running)) {
            return;
        }
        if (accepted) {
            connection.send(0, new ConnectionMethod.UpdateSecretOk());
        } else {
            String text = "New secret was refused by one of the backends";
            connection.refuse(0, new AmqpException(ReplyCode.NOT_ALLOWED, text, update.id()));
        }
        transport.readGate().open(ReadGate.Reason.COMMAND);
    }
}
